import { createHash } from 'node:crypto';
import { newId } from '@visapi/backend-kernel';
import {
  asParameter,
  checkDocument,
  checkParameters,
  furtherVisaApproval,
  type Template,
  visaApproval,
} from '@visapi/backend-messaging';
import { decideNotice, type NoticedOrder } from '@visapi/backend-orders';
import type { NewMessage } from '@visapi/backend-repositories/effects';
import { someCustomer } from './applicant-name.js';

/** An application of a completed order, as Airtable has it. */
export interface VisaApplication {
  readonly recordId: string;
  readonly applicationId: string | null;
  readonly visaId: string | null;
  /** Public address of the PDF; null = not there yet. */
  readonly visaUrl: string | null;
  readonly name: string | null;
  readonly status: string | null;
}

export interface VisaOrder extends NoticedOrder {
  readonly orderId: string;
  readonly clientName: string | null;
}

export interface KnownVisaMessage {
  readonly id: string;
  readonly semanticKey: string;
  readonly state: string;
  readonly applicantId: string | null;
  readonly isReplaced: boolean;
}

interface Wish {
  readonly correlationId: string;
  /** Given: the messages are withheld for this reason whatever else holds. */
  readonly withheld?: string;
  /** E.164 that an operator named. */
  readonly namedPhone?: string | null;
  /** An operator wants them again: each becomes a message of its own, in the stead of the one there was. */
  readonly isResend?: boolean;
}

/** Why an application cannot be told yet; undefined when it can. */
export function notReady({ visaUrl, status }: VisaApplication): 'no-document' | 'not-approved' | undefined {
  if (/reject|refus|denied|cancel/i.test(status ?? '')) return 'not-approved';
  return visaUrl === null ? 'no-document' : undefined;
}

/**
 * The messages that hand an order's visas to its customer, one per application that has its document: the order's first
 * with the template that names the country, all further ones with the one that does not.
 * @param applications all applications of the order, in its order: a file's number is its place here
 * @param known the order's visa messages so far
 */
export function visaMessages(
  order: VisaOrder,
  applications: readonly VisaApplication[],
  known: readonly KnownVisaMessage[],
  wish: Wish,
): NewMessage[] {
  const messages: NewMessage[] = [];
  applications.forEach((application, index) => {
    if (notReady(application)) return;
    const semanticKey = keyOf(order.orderId, application, wish.isResend ?? false);
    if (known.some((message) => message.semanticKey === semanticKey)) return;
    const first = known.length === 0 && messages.length === 0;
    const template = first || (wish.isResend && messages.length === 0) ? visaApproval : furtherVisaApproval;
    const before = wish.isResend ? newestOf(known, application) : undefined;
    messages.push(visaMessage({ order, application, template, place: index + 1, semanticKey, before }, wish));
  });
  return messages;
}

/** The message of an application that nothing has been sent in the stead of. */
export function newestOf(
  known: readonly KnownVisaMessage[],
  application: VisaApplication,
): KnownVisaMessage | undefined {
  return known.findLast((message) => message.applicantId === idOf(application) && !message.isReplaced);
}

export function idOf({ applicationId, recordId }: VisaApplication): string {
  return applicationId ?? recordId;
}

/**
 * One message per applicant and document. The signature in a document's address changes, its path does not; and a
 * document that was replaced is another one.
 */
function keyOf(orderId: string, application: VisaApplication, isResend: boolean): string {
  if (isResend) return `message:visa:${orderId}:${idOf(application)}:resend:${newId()}`;
  const { origin, pathname } = new URL(application.visaUrl ?? '');
  const path = createHash('sha256').update(`${origin}${pathname}`).digest('hex').slice(0, 16);
  return `message:visa:${orderId}:${idOf(application)}:${path}`;
}

interface Draft {
  readonly order: VisaOrder;
  readonly application: VisaApplication;
  readonly template: Template;
  readonly place: number;
  readonly semanticKey: string;
  readonly before: KnownVisaMessage | undefined;
}

function visaMessage(draft: Draft, { correlationId, withheld, namedPhone = null }: Wish): NewMessage {
  const { order, application, template, place, semanticKey, before } = draft;
  const decision = decideNotice(order, namedPhone);
  const base = {
    id: newId(),
    kind: 'message',
    purpose: 'visa',
    semanticKey,
    orderId: order.orderId,
    correlationId,
    lane: 'none',
    awaitsContact: namedPhone === null,
    resendOf: before?.id ?? null,
  };
  const message = { template: template.name, language: template.language, applicantId: idOf(application) };
  const words = decision.state === 'planned' ? wordsOf(draft, decision.country) : undefined;
  const reason =
    withheld ?? (decision.state === 'skipped' ? decision.reason : words ? null : 'untranslatable');
  if (reason !== null || decision.state === 'skipped' || !words)
    return { effect: { ...base, state: 'skipped', reason: reason ?? 'untranslatable' }, message };
  const document = { link: application.visaUrl ?? '', filename: fileName(order.orderId, place) };
  return {
    effect: { ...base, state: 'planned', reason: null, lane: decision.phone },
    message: {
      ...message,
      phone: decision.phone,
      parameters: Buffer.from(JSON.stringify(words)),
      document: Buffer.from(JSON.stringify(document)),
    },
  };
}

/** Undefined when Meta would refuse them. */
function wordsOf(draft: Draft, country: string): readonly string[] | undefined {
  const { order, application, template, place } = draft;
  const name = asParameter(application.name ?? '') || asParameter(order.clientName ?? '') || someCustomer;
  const words = template === visaApproval ? [name, asParameter(country)] : [name];
  const document = { link: application.visaUrl ?? '', filename: fileName(order.orderId, place) };
  const problems = [...checkParameters(template, words), ...checkDocument(template, document)];
  return problems.length === 0 ? words : undefined;
}

function fileName(orderId: string, place: number): string {
  return `visa_${orderId.replace(/[^A-Za-z0-9_-]/g, '_')}_${place}.pdf`;
}
