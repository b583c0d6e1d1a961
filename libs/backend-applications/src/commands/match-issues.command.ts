import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, isDatabaseUnavailable } from '@visapi/backend-repositories';
import {
  IssuesRepository,
  NoticedOrdersRepository,
  type UnmatchedReport,
} from '@visapi/backend-repositories/applications';
import { planMessages } from '@visapi/backend-repositories/effects';
import { issueMessages } from '../issue-messages.js';
import type { CanonicalIssue } from '../issues/issue-text.js';

export interface MatchIssuesResult {
  /** Ids of the orders that reports were matched to. */
  readonly matched: readonly string[];
  /** Reports that could not be dealt with; they are tried again. */
  readonly failed: readonly { readonly orderId: string; readonly error: unknown }[];
}

/** Reports that came before their order find it now. One that cannot be dealt with stops no other. */
export class MatchIssues extends Command<MatchIssuesResult> {}

const mostAtOnce = 100;

@CommandHandler(MatchIssues)
export class MatchIssuesHandler implements ICommandHandler<MatchIssues> {
  constructor(
    private readonly database: Database,
    private readonly issues: IssuesRepository,
    private readonly orders: NoticedOrdersRepository,
  ) {}

  async execute(): Promise<MatchIssuesResult> {
    const reports = await this.issues.matchable(this.database.db, mostAtOnce);
    const matched: string[] = [];
    const failed: { orderId: string; error: unknown }[] = [];
    for (const report of reports) {
      const { orderId } = report;
      try {
        if (await this.match(report)) matched.push(orderId);
      } catch (error) {
        if (isDatabaseUnavailable(error)) throw error;
        failed.push({ orderId, error });
      }
    }
    return { matched, failed };
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
