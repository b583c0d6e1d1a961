import { createHash } from 'node:crypto';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { newId } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { IssuesRepository, NoticedOrdersRepository } from '@visapi/backend-repositories/applications';
import { planMessages } from '@visapi/backend-repositories/effects';
import { applicantName } from '../applicant-name.js';
import { issueMessages } from '../issue-messages.js';
import { canonicalIssues, type GivenIssues } from '../issues/issue-text.js';

export interface ReportIssuesResult {
  readonly issueId: string;
  readonly status: 'planned' | 'skipped' | 'unmatched' | 'duplicate';
  /** Why nobody is told; null when somebody is. */
  readonly reason: string | null;
  readonly orderId: string | null;
  readonly applicantName: string | null;
  readonly totalIssues: number;
  /** Whether a message of this report has gone out by now. */
  readonly isTold: boolean;
}

/** Staff have found defects in an applicant's application: remember them and tell the applicant, once. */
export class ReportIssues extends Command<ReportIssuesResult> {
  constructor(
    readonly applicantId: string,
    readonly issues: GivenIssues,
    /** E.164, when staff want another phone than the order's to be told. */
    readonly phone: string | null,
    readonly by: { readonly actor: string; readonly apiKeyId: string | null; readonly correlationId: string },
  ) {
    super();
  }
}

/** The same issues later than this are there again, and are told again. */
const sameReportSeconds = 24 * 3600;

@CommandHandler(ReportIssues)
export class ReportIssuesHandler implements ICommandHandler<ReportIssues> {
  constructor(
    private readonly database: Database,
    private readonly issues: IssuesRepository,
    private readonly orders: NoticedOrdersRepository,
  ) {}

  async execute({ applicantId, issues, phone, by }: ReportIssues): Promise<ReportIssuesResult> {
    const canonical = canonicalIssues(issues);
    const content = JSON.stringify(canonical);
    const contentHash = createHash('sha256')
      .update(JSON.stringify([content, phone]))
      .digest();
    return await this.database.db.transaction().execute(async (transaction) => {
      await this.issues.lockApplicant(transaction, applicantId);
      const orderId = await this.orders.orderOfApplicant(transaction, applicantId);
      const order = orderId === undefined ? undefined : await this.orders.lock(transaction, orderId);
      const about = {
        orderId: order?.orderId ?? null,
        applicantName: order ? applicantName(order.applicants, applicantId) : null,
        totalIssues: canonical.length,
      };
      const before = await this.issues.countRepeat(transaction, applicantId, contentHash, sameReportSeconds);
      if (before) {
        const isTold = await this.isTold(transaction, before);
        return { ...about, issueId: before.id, status: 'duplicate', reason: before.reason, isTold };
      }
      const { actor, apiKeyId, correlationId } = by;
      const report = { id: newId(), applicantId, issues: canonical, phone, correlationId };
      const messages = order ? issueMessages(order, report) : [];
      const state = order ? (messages[0]?.effect.state ?? 'skipped') : 'unmatched';
      const reason = messages[0]?.effect.reason ?? null;
      const row = { id: report.id, applicantId, contentHash, phone, apiKeyId, correlationId, state, reason };
      await this.issues.insert(transaction, { ...row, orderId: about.orderId, issues: Buffer.from(content) });
      const facts = [{ type: 'issues.reported', payload: { issueId: report.id, applicantId } }];
      if (order)
        await planMessages(transaction, order.orderId, messages, { actor, correlationId, pauseMs: 0, facts });
      return { ...about, issueId: report.id, status: statusOf(state), reason, isTold: false };
    });
  }

  private async isTold(
    transaction: Parameters<NoticedOrdersRepository['notices']>[0],
    report: { readonly id: string; readonly orderId: string | null },
  ): Promise<boolean> {
    if (report.orderId === null) return false;
    const notices = await this.orders.notices(transaction, report.orderId, 'issues');
    const own = notices.filter(({ semanticKey }) => semanticKey.startsWith(`message:issues:${report.id}:`));
    return own.length > 0 && own.every(({ state }) => state === 'accepted');
  }
}

function statusOf(state: string): ReportIssuesResult['status'] {
  return state === 'planned' || state === 'unmatched' ? state : 'skipped';
}
