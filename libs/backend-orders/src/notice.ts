import type { FollowedNotices, OrderContent } from '@visapi/backend-repositories/orders';
import { findDestination } from './catalogue/destinations.js';
import { decideContact, type Decision, isCanceled } from './confirmation.js';

/** What a decision about a notice needs to know of its order. */
export type NoticedOrder = Pick<
  OrderContent,
  'branch' | 'clientPhone' | 'orderStatus' | 'whatsappAlertsEnabled' | 'productCountry'
>;

/** The visa message of an order that the system used before has told of; none of ours is sent for it. */
export function importedVisaKey(orderId: string): string {
  return `message:visa:${orderId}:imported`;
}

/**
 * Whether, where and about which country an order's customer is sent a notice (applicant issues, an approved visa): the
 * rules of the confirmation as far as they concern the person, not the purchase.
 * @param namedPhone E.164 that an operator or the staff system named: then it is their decision, not the customer's
 */
export function decideNotice(
  order: NoticedOrder,
  namedPhone: string | null = null,
): Decision<{ readonly phone: string; readonly country: string }> {
  const country = findDestination(order.productCountry ?? null)?.hebrew;
  const untranslatable = { state: 'skipped', reason: 'untranslatable' } as const;
  if (namedPhone !== null)
    return country === undefined ? untranslatable : { state: 'planned', phone: namedPhone, country };
  const contact = decideContact(order);
  if (contact.state === 'skipped') return contact;
  if (isCanceled(order)) return { state: 'skipped', reason: 'canceled' };
  if (!order.whatsappAlertsEnabled) return { state: 'skipped', reason: 'no-consent' };
  return country === undefined ? untranslatable : { state: 'planned', phone: contact.phone, country };
}

/** What unclaimed notices become after their order changed. */
export function followedNotices(order: NoticedOrder): FollowedNotices {
  const decision = decideNotice(order);
  if (decision.state === 'skipped') return { state: 'skipped', reason: decision.reason, phone: null };
  return { state: 'planned', reason: null, phone: decision.phone };
}
