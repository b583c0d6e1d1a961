import { createHash } from 'node:crypto';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { newId, type AskedBy } from '@visapi/backend-kernel';
import { Database, type Executor } from '@visapi/backend-repositories';
import {
  IssuesRepository,
  type NoticedOrderRow,
  NoticedOrdersRepository,
} from '@visapi/backend-repositories/applications';
import { type NewMessage, planMessages } from '@visapi/backend-repositories/effects';
import { applicantName } from '../applicant-name.js';
import { issueMessages } from '../issue-messages.js';
import { type CanonicalIssue, canonicalIssues, type GivenIssues } from '../issues/issue-text.js';

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

/**
 * Staff have found defects in an applicant's application: remember them and tell the applicant, once. What was withheld
 * before and no longer need be is told when it is reported again.
 */
export class ReportIssues extends Command<ReportIssuesResult> {
  constructor(
    readonly applicantId: string,
    readonly issues: GivenIssues,
    /** E.164, when staff want another phone than the order's to be told. */
    readonly phone: string | null,
    readonly by: AskedBy & { readonly apiKeyId: string | null },
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

  async execute(command: ReportIssues): Promise<ReportIssuesResult> {
    const { applicantId, phone } = command;
    const issues = canonicalIssues(command.issues);
    const contentHash = hashOf(issues, phone);
    return await this.database.db.transaction().execute(async (transaction) => {
      await this.issues.lockApplicant(transaction, applicantId);
      const orderId = await this.orders.orderOfApplicant(transaction, applicantId);
      const order = orderId === undefined ? undefined : await this.orders.lock(transaction, orderId);
      const about = {
        orderId: order?.orderId ?? null,
        applicantName: order ? applicantName(order.applicants, applicantId) : null,
        totalIssues: issues.length,
      };
      const report = { id: newId(), applicantId, issues, phone, correlationId: command.by.correlationId };
      const messages = order ? issueMessages(order, report) : [];
      const same = [contentHash, ...sameReceiver(phone, order).map((other) => hashOf(issues, other))];
      const before = await this.issues.countRepeat(transaction, applicantId, same, sameReportSeconds);
      const states = before ? await this.statesOf(transaction, before) : [];
      const isOwedNow = areAll(states, 'skipped') && messages[0]?.effect.state === 'planned';
      if (before && !isOwedNow) {
        const isTold = areAll(states, 'accepted');
        return { ...about, issueId: before.id, status: 'duplicate', reason: before.reason, isTold };
      }
      const kept = await this.keep(transaction, command, { ...report, contentHash }, order, messages);
      return { ...about, ...kept, isTold: false };
    });
  }

  private async keep(
    transaction: Executor,
    { applicantId, phone, by }: ReportIssues,
    report: { readonly id: string; readonly issues: readonly CanonicalIssue[]; readonly contentHash: Buffer },
    order: NoticedOrderRow | undefined,
    messages: readonly NewMessage[],
  ): Promise<Pick<ReportIssuesResult, 'issueId' | 'status' | 'reason'>> {
    const { apiKeyId, ...asked } = by;
    const status = order ? (messages[0]?.effect.state === 'planned' ? 'planned' : 'skipped') : 'unmatched';
    const reason = messages[0]?.effect.reason ?? null;
    await this.issues.insert(transaction, {
      id: report.id,
      applicantId,
      orderId: order?.orderId ?? null,
      contentHash: report.contentHash,
      issues: Buffer.from(JSON.stringify(report.issues)),
      phone,
      state: status,
      reason,
      apiKeyId,
      correlationId: by.correlationId,
    });
    const facts = [{ type: 'issues.reported', payload: { issueId: report.id, applicantId } }];
    if (order) await planMessages(transaction, order.orderId, messages, { ...asked, pauseMs: 0, facts });
    return { issueId: report.id, status, reason };
  }

  /** How the messages of a report stand; none as long as its order is not known. */
  private async statesOf(
    transaction: Executor,
    report: { readonly id: string; readonly orderId: string | null },
  ): Promise<readonly string[]> {
    if (report.orderId === null) return [];
    const notices = await this.orders.notices(transaction, report.orderId, 'issues');
    const own = notices.filter(({ semanticKey }) => semanticKey.startsWith(`message:issues:${report.id}:`));
    return own.map(({ state }) => state);
  }
}

function areAll(states: readonly string[], wanted: string): boolean {
  return states.length > 0 && states.every((state) => state === wanted);
}

function hashOf(issues: readonly CanonicalIssue[], phone: string | null): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([issues, phone]))
    .digest();
}

/** The other way to say whom the report is for: the order's phone is meant when none is named. */
function sameReceiver(phone: string | null, order: NoticedOrderRow | undefined): (string | null)[] {
  if (!order?.clientPhone) return [];
  if (phone === null) return [order.clientPhone];
  return phone === order.clientPhone ? [null] : [];
}
