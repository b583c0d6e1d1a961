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
import { decideNotice, type NoticedOrder, someCustomer } from '@visapi/backend-orders';
import type { NewMessage } from '@visapi/backend-repositories/effects';

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
  /** An operator wants them, told before or not: each stands in for the message there was. */
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
    const keys = keysOf(order.orderId, application);
    const isKnown = known.some((message) => keys.includes(message.semanticKey));
    if (isKnown && !wish.isResend) return;
    const semanticKey = isKnown || goesElsewhere(order, wish) ? resendKey(order, application) : keys[0];
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
  const ids: (string | null)[] = [idOf(application), application.recordId];
  return known.findLast((message) => ids.includes(message.applicantId) && !message.isReplaced);
}

export function idOf({ applicationId, recordId }: VisaApplication): string {
  return applicationId ?? recordId;
}

/**
 * One message per applicant and document. The signature in a document's address changes, its path does not; and a
 * document that was replaced is another one. Staff may fill in an application's id after its document was told under
 * that of its record, so the first key is the message's and every other one means the same.
 */
function keysOf(orderId: string, application: VisaApplication): readonly [string, ...string[]] {
  const { origin, pathname } = new URL(application.visaUrl ?? '');
  const path = createHash('sha256').update(`${origin}${pathname}`).digest('hex').slice(0, 16);
  const key = (id: string) => `message:visa:${orderId}:${id}:${path}`;
  return [key(idOf(application)), key(application.recordId)];
}

/** Always a message of its own. A document that an operator hands out first is no resend: the poll must know it. */
function resendKey({ orderId }: VisaOrder, application: VisaApplication): string {
  return `message:visa:${orderId}:${idOf(application)}:resend:${newId()}`;
}

/** What goes to another phone than the customer's does not stand for telling the customer. */
function goesElsewhere(order: VisaOrder, { namedPhone }: Wish): boolean {
  return Boolean(namedPhone) && namedPhone !== order.clientPhone;
}

interface Draft {
  readonly order: VisaOrder;
  readonly application: VisaApplication;
  readonly template: Template;
  readonly place: number;
  readonly semanticKey: string;
  readonly before: KnownVisaMessage | undefined;
}

function visaMessage(draft: Draft, wish: Wish): NewMessage {
  const { order, application, template, semanticKey, before } = draft;
  const decision = decideVisa(draft, wish);
  const base = {
    id: newId(),
    kind: 'message',
    purpose: 'visa',
    semanticKey,
    orderId: order.orderId,
    correlationId: wish.correlationId,
    awaitsContact: !wish.namedPhone,
    resendOf: before?.id ?? null,
  };
  const message = { template: template.name, language: template.language, applicantId: idOf(application) };
  if (decision.state === 'skipped')
    return { effect: { ...base, state: 'skipped', reason: decision.reason, lane: 'none' }, message };
  const { phone, words } = decision;
  return {
    effect: { ...base, state: 'planned', reason: null, lane: phone },
    message: { ...message, phone, parameters: asBytes(words), document: asBytes(documentOf(draft)) },
  };
}

type VisaDecision =
  | { readonly state: 'planned'; readonly phone: string; readonly words: readonly string[] }
  | { readonly state: 'skipped'; readonly reason: string };

function decideVisa(draft: Draft, { withheld, namedPhone = null }: Wish): VisaDecision {
  if (withheld !== undefined) return { state: 'skipped', reason: withheld };
  const decision = decideNotice(draft.order, namedPhone);
  if (decision.state === 'skipped') return decision;
  const words = wordsOf(draft, decision.country);
  const problems = [
    ...checkParameters(draft.template, words),
    ...checkDocument(draft.template, documentOf(draft)),
  ];
  // What Meta would refuse is never tried.
  if (problems.length > 0) return { state: 'skipped', reason: 'untranslatable' };
  return { state: 'planned', phone: decision.phone, words };
}

function wordsOf({ order, application, template }: Draft, country: string): readonly string[] {
  const name = asParameter(application.name ?? '') || asParameter(order.clientName ?? '') || someCustomer;
  return template === visaApproval ? [name, asParameter(country)] : [name];
}

function documentOf({ order, application, place }: Draft) {
  const filename = `visa_${order.orderId.replace(/[^A-Za-z0-9_-]/g, '_')}_${place}.pdf`;
  return { link: application.visaUrl ?? '', filename };
}

function asBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
