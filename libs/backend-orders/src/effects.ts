import { newId } from '@visapi/backend-kernel';
import { orderConfirmation } from '@visapi/backend-messaging';
import { type NewEffect, resyncKey } from '@visapi/backend-repositories/effects';
import type { Decision } from './confirmation.js';

type Contact = Decision<{ readonly phone: string }>;
type Confirmation = Decision<{ readonly phone: string; readonly parameters: readonly string[] }>;

/** One confirmation per order, ever; a deliberate resend is another message with a key of its own. */
function confirmationKey(orderId: string): string {
  return `message:order_confirmation:${orderId}`;
}

/** The intent to write the customer into the CRM, once per version of the order's content. */
export function newContact(
  decision: Contact,
  orderId: string,
  version: number,
  correlationId: string,
): NewEffect {
  const base = {
    id: newId(),
    kind: 'contact',
    purpose: 'contact',
    semanticKey: `contact:${orderId}:${version}`,
    orderId,
    correlationId,
  };
  return { ...base, ...stateOf(decision) };
}

/** An operator wants the CRM to be given all fields of the contact again, whatever was confirmed before. */
export function resyncedContact(
  order: { readonly orderId: string; readonly contentVersion: number },
  phone: string,
  correlationId: string,
): NewEffect & { readonly id: string } {
  const id = newId();
  const { orderId } = order;
  const base = { id, kind: 'contact', purpose: 'contact', semanticKey: resyncKey(order, id), orderId };
  return { ...base, ...stateOf({ state: 'planned', phone }), correlationId };
}

/** The intent to confirm the order to its customer. */
export function newConfirmation(decision: Confirmation, orderId: string, correlationId: string): NewEffect {
  const base = {
    id: newId(),
    kind: 'message',
    purpose: 'confirmation',
    semanticKey: confirmationKey(orderId),
    orderId,
    correlationId,
  };
  return { ...base, ...stateOf(decision) };
}

function stateOf(decision: Contact): Pick<NewEffect, 'state' | 'reason' | 'lane'> {
  if (decision.state === 'planned') return { state: 'planned', reason: null, lane: decision.phone };
  return { state: 'skipped', reason: decision.reason, lane: 'none' };
}

/** The text of a confirmation; nothing is worded for a customer who is not to be told. */
export function messageOf(effectId: string, orderId: string, decision: Confirmation) {
  const { name: template, language } = orderConfirmation;
  return { effectId, orderId, template, language, ...wordsOf(decision) };
}

/** What an unclaimed confirmation becomes after its order changed. */
export function followedConfirmation(decision: Confirmation) {
  const reason = decision.state === 'skipped' ? decision.reason : null;
  return { state: decision.state, reason, ...wordsOf(decision) };
}

function wordsOf(decision: Confirmation): { phone: string | null; parameters: Buffer | null } {
  if (decision.state === 'skipped') return { phone: null, parameters: null };
  return { phone: decision.phone, parameters: Buffer.from(JSON.stringify(decision.parameters)) };
}
