import type { Insertable } from 'kysely';
import type { OrderDetails, Orders } from '../db/schema.gen.js';

/** What a delivery says that stands in the order's row. */
export const saidInRow = [
  'formId',
  'branch',
  'domain',
  'paymentProcessor',
  'paymentId',
  'amount',
  'currency',
  'orderStatus',
  'clientName',
  'clientEmail',
  'clientPhone',
  'clientSex',
  'whatsappAlertsEnabled',
  'productName',
  'productCountry',
  'productDocType',
  'productIntent',
  'productEntries',
  'productValidity',
  'validityDays',
  'stayLimit',
  'visaQuantity',
  'urgency',
  'isUrgent',
  'processingDays',
  'entryDate',
  'warnings',
] as const;

/** What it says that stands apart, in `order_details`. */
export const saidApart = ['applicants', 'details'] as const;

/** What a delivery says about an order, as opposed to what we did with it. */
export type OrderContent = Pick<Insertable<Orders>, (typeof saidInRow)[number]> &
  Pick<Insertable<OrderDetails>, (typeof saidApart)[number]>;

/** What an order says, divided as it is stored. */
export function divided<T extends OrderContent>({ applicants, details, ...row }: T) {
  return { row, apart: { applicants, details } };
}
