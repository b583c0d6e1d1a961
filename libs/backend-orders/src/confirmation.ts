import { asParameter, checkParameters, orderConfirmation, plainNumber } from '@visapi/backend-messaging';
import type { OrderContent } from '@visapi/backend-repositories/orders';
import { findDestination } from './catalogue/destinations.js';
import { visaTextHebrew } from './catalogue/visa-text.js';

/** Why an effect of an order is withheld, in the words of the timeline. */
export type SkipReason = 'branch' | 'no-consent' | 'invalid-phone' | 'untranslatable' | 'canceled';

export type Decision<T> =
  ({ readonly state: 'planned' } & T) | { readonly state: 'skipped'; readonly reason: SkipReason };

/** How a customer is addressed whose name is not known. */
export const someCustomer = 'לקוח יקר';

/** Whether the order's customer belongs into the CRM: branch il with a phone that exists. */
export function decideContact(
  order: Pick<OrderContent, 'branch' | 'clientPhone'>,
): Decision<{ readonly phone: string }> {
  if (order.branch !== 'il') return { state: 'skipped', reason: 'branch' };
  if (!order.clientPhone) return { state: 'skipped', reason: 'invalid-phone' };
  return { state: 'planned', phone: order.clientPhone };
}

/** Whether, to whom and with which words the order is confirmed. */
export function decideConfirmation(
  order: OrderContent,
  orderId: string,
): Decision<{ readonly phone: string; readonly parameters: readonly string[] }> {
  const contact = decideContact(order);
  if (contact.state === 'skipped') return contact;
  if (isCanceled(order)) return { state: 'skipped', reason: 'canceled' };
  if (!order.whatsappAlertsEnabled) return { state: 'skipped', reason: 'no-consent' };
  const parameters = confirmationParameters(order, orderId);
  if (!parameters) return { state: 'skipped', reason: 'untranslatable' };
  return { state: 'planned', phone: contact.phone, parameters };
}

/** The shop writes its words in either case, as it does with branches. */
export function isCanceled({ orderStatus }: Pick<OrderContent, 'orderStatus'>): boolean {
  return /^cancell?ed$/i.test(orderStatus ?? '');
}

/** The eight parameters of the confirmation; undefined when any of them is not known for certain. */
function confirmationParameters(order: OrderContent, orderId: string): readonly string[] | undefined {
  const facts = confirmationFacts(order, orderId);
  if (!facts.every((fact) => fact !== undefined)) return undefined;
  return checkParameters(orderConfirmation, facts).length === 0 ? facts : undefined;
}

/**
 * What the confirmation tells, in the order of its parameters: name, country, flag, order id, what was bought,
 * applicants, amount, business days. Undefined where a fact is not known for certain.
 */
export function confirmationFacts(order: OrderContent, orderId: string): readonly (string | undefined)[] {
  const destination = findDestination(order.productCountry ?? null);
  const facts = [
    // A name may consist of what a message cannot show.
    asParameter(order.clientName ?? '') || someCustomer,
    destination?.hebrew,
    destination?.flag,
    orderId,
    visaTextHebrew(order),
    order.visaQuantity?.toString(),
    shekels(order),
    order.processingDays?.toString(),
  ];
  return facts.map((fact) => (fact === undefined ? undefined : asParameter(fact)));
}

/**
 * The template prints shekels: an amount in another currency would be a wrong fact, and one of less than an agora is
 * none that anybody paid.
 */
function shekels({ amount, currency }: OrderContent): string | undefined {
  if (currency !== 'ILS' || amount == null || !/^\d+(\.\d{1,2}0*)?$/.test(String(amount))) return undefined;
  return plainNumber(String(amount));
}
