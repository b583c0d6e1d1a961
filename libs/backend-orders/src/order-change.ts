import type { AskedBy } from '@visapi/backend-kernel';
import type { Executor } from '@visapi/backend-repositories';
import type { EffectsRepository } from '@visapi/backend-repositories/effects';
import type { OrderContent, OrderRow, OrdersRepository } from '@visapi/backend-repositories/orders';
import { changedFields, reviewFields } from './change.js';
import { decideConfirmation, decideContact } from './confirmation.js';
import { followedConfirmation, newContact } from './effects.js';
import { applicantIds } from './interpretation/applicant-ids.js';
import { followedNotices } from './notice.js';

/** What changes an order: a later delivery, or an operator. */
export interface ChangeCause extends AskedBy {
  /** Null when an operator gave the content himself. */
  readonly deliveryId: string | null;
  /** Position of the newest delivery that the content takes into account. */
  readonly appliedPosition: number;
  /** An operator's, in words. */
  readonly reason?: string;
  /** Carries the consequences out even when the content says nothing new: an operator wants what failed done again. */
  readonly again?: boolean;
}

/**
 * Contact data, consent and status of a later delivery apply at once and the contact is written again; a confirmation
 * that nobody has claimed follows the newest content, one that went out is never repeated. Content that says nothing new
 * of the order wakes nothing: what had failed or was withheld stays as it is.
 */
export function planChange(before: OrderRow, content: OrderContent, cause: ChangeCause) {
  const { orderId } = before;
  const { deliveryId, correlationId, actor, ip = null, reason, again = false } = cause;
  const fields = changedFields(before, content);
  const isNew = fields.length > 0 || again;
  const contact = isNew ? owedContact(before, content, correlationId) : undefined;
  const told = { deliveryId, fields, contactEffectId: contact?.id ?? null };
  return {
    orderId,
    content,
    appliedPosition: cause.appliedPosition,
    contact,
    confirmation: isNew ? followedConfirmation(decideConfirmation(content, orderId)) : undefined,
    notices: isNew ? followedNotices(content) : undefined,
    applicantIds: fields.includes('applicants') ? applicantIds(content.applicants) : undefined,
    review: reviewFields(fields),
    event: {
      type: 'order.changed',
      aggregateType: 'order' as const,
      aggregateId: orderId,
      aggregateVersion: before.eventVersion + 1,
      actor,
      correlationId,
      ip,
      payload: reason ? { ...told, reason } : told,
    },
  };
}

/** The same content, of which nothing follows: no effect is planned, and those that are there keep their words. */
export function planRewrite(before: OrderRow, content: OrderContent, cause: ChangeCause) {
  const { event, ...change } = planChange(before, content, cause);
  const payload = { ...event.payload, contactEffectId: null };
  const nothing = { contact: undefined, confirmation: undefined, notices: undefined };
  return { ...change, ...nothing, event: { ...event, payload } };
}

function owedContact({ orderId, contentVersion }: OrderRow, content: OrderContent, correlationId: string) {
  const decision = decideContact(content);
  return decision.state === 'planned'
    ? newContact(decision, orderId, contentVersion + 1, correlationId)
    : undefined;
}

/** Writes a change with all that follows from it. The caller holds the order's lock. */
export async function writeChange(
  executor: Executor,
  into: { readonly orders: OrdersRepository; readonly effects: EffectsRepository },
  before: OrderRow,
  change: ReturnType<typeof planChange>,
): Promise<void> {
  await into.orders.applyChange(executor, change);
  // The CRM still shows this order at the phone it left: whatever order is newest there now is written again.
  const { clientPhone: left } = before;
  const { clientPhone, branch } = change.content;
  if (left !== null && (clientPhone !== left || branch !== 'il'))
    await into.effects.oweContactAgain(executor, left);
}
