import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import {
  IssuesRepository,
  NoticedOrdersRepository,
  type UnmatchedReport,
} from '@visapi/backend-repositories/applications';
import { planMessages } from '@visapi/backend-repositories/effects';
import { issueMessages } from '../issue-messages.js';
import type { CanonicalIssue } from '../issues/issue-text.js';

/** Reports that came before their order find it now. Returns the ids of the orders. */
export class MatchIssues extends Command<readonly string[]> {}

const mostAtOnce = 100;

@CommandHandler(MatchIssues)
export class MatchIssuesHandler implements ICommandHandler<MatchIssues> {
  constructor(
    private readonly database: Database,
    private readonly issues: IssuesRepository,
    private readonly orders: NoticedOrdersRepository,
  ) {}

  async execute(): Promise<readonly string[]> {
    const reports = await this.issues.matchable(this.database.db, mostAtOnce);
    const matched: string[] = [];
    for (const report of reports) if (await this.match(report)) matched.push(report.orderId);
    return matched;
  }

  private async match(found: UnmatchedReport): Promise<boolean> {
    return await this.database.db.transaction().execute(async (transaction) => {
      const { id, applicantId, orderId, phone, correlationId } = found;
      await this.issues.lockApplicant(transaction, applicantId);
      const order = await this.orders.lock(transaction, orderId);
      if (!order) return false;
      const issues = JSON.parse(found.issues.toString()) as CanonicalIssue[];
      const messages = issueMessages(order, { id, applicantId, issues, phone, correlationId });
      const state = messages[0]?.effect.state ?? 'skipped';
      const reason = messages[0]?.effect.reason ?? null;
      if (!(await this.issues.match(transaction, id, { orderId, state, reason }))) return false;
      const facts = [{ type: 'issues.reported', payload: { issueId: id, applicantId } }];
      await planMessages(transaction, orderId, messages, {
        actor: 'worker',
        correlationId,
        pauseMs: 0,
        facts,
      });
      return true;
    });
  }
}
