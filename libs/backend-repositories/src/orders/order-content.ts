import type { Insertable } from 'kysely';
import type { Orders } from '../db/schema.gen.js';

export const said = [
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
  'applicants',
  'details',
  'warnings',
] as const;

/** What a delivery says about an order, as opposed to what we did with it. */
export type OrderContent = Pick<Insertable<Orders>, (typeof said)[number]>;
