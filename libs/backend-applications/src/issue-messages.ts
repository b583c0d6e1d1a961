import { newId } from '@visapi/backend-kernel';
import { asParameter, checkParameters, issueNotice } from '@visapi/backend-messaging';
import { decideNotice, type NoticedOrder, someCustomer } from '@visapi/backend-orders';
import type { NewMessage } from '@visapi/backend-repositories/effects';
import { applicantName } from './applicant-name.js';
import { type CanonicalIssue, issueText } from './issues/issue-text.js';

export interface IssueOrder extends NoticedOrder {
  readonly orderId: string;
  readonly clientName: string | null;
  readonly applicants: Buffer | null;
}

/** A report of issues, with the order it belongs to known. */
export interface MatchedReport {
  readonly id: string;
  readonly applicantId: string;
  readonly issues: readonly CanonicalIssue[];
  /** E.164 that the reporter named; null = the order's. */
  readonly phone: string | null;
  readonly correlationId: string;
}

/** What tells an applicant what to mend: one message, or several when the issues do not fit into one. */
export function issueMessages(order: IssueOrder, report: MatchedReport): NewMessage[] {
  const decision = decideNotice(order, report.phone);
  if (decision.state === 'skipped') return [withheld(order, report, decision.reason)];
  const parts = issueText(groupIssues(report.issues), decision.country);
  if (!parts) return [withheld(order, report, 'untranslatable')];
  const worded = parts.map(({ header, list }) => [
    nameOf(order, report),
    asParameter(decision.country),
    header,
    list,
  ]);
  if (worded.some((words) => checkParameters(issueNotice, words).length > 0))
    return [withheld(order, report, 'untranslatable')];
  return worded.map((words, index) => {
    const { effect, message } = skeleton(order, report, index + 1);
    return {
      effect: { ...effect, state: 'planned', reason: null, lane: decision.phone },
      message: { ...message, phone: decision.phone, parameters: Buffer.from(JSON.stringify(words)) },
    };
  });
}

function groupIssues(issues: readonly CanonicalIssue[]): Record<string, CanonicalIssue[]> {
  return Object.fromEntries(Map.groupBy(issues, ({ category }) => category));
}

function nameOf(order: IssueOrder, { applicantId }: MatchedReport): string {
  const name = applicantName(order.applicants, applicantId);
  return asParameter(name ?? '') || asParameter(order.clientName ?? '') || someCustomer;
}

function withheld(order: IssueOrder, report: MatchedReport, reason: string): NewMessage {
  const { effect, message } = skeleton(order, report, 1);
  return { effect: { ...effect, state: 'skipped', reason, lane: 'none' }, message };
}

/** The report's row is the identity: the same content within the window is the same row. */
function skeleton(order: IssueOrder, report: MatchedReport, part: number) {
  const { orderId } = order;
  const effect = {
    id: newId(),
    kind: 'message',
    purpose: 'issues',
    semanticKey: `message:issues:${report.id}:${part}`,
    orderId,
    correlationId: report.correlationId,
    awaitsContact: report.phone === null,
  };
  const { name: template, language } = issueNotice;
  return { effect, message: { template, language, applicantId: report.applicantId } };
}
