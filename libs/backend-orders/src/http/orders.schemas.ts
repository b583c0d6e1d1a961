import { inOrder, onceFor, onlyKnown, pageQuery, phoneText, reasonText } from '@visapi/backend-http';
import type { OrderView } from '@visapi/backend-repositories/orders';
import { z } from 'zod';
import { destinationKey } from '../catalogue/destinations.js';
import type { Correction } from '../correction.js';
import type { FoundOrder } from '../queries/get-order-by-id.query.js';
import { time, timestamp, yesNo } from './fields.schemas.js';

export const ordersQuery = onlyKnown({
  ...pageQuery('position'),
  branch: z.string().max(50).toLowerCase().optional(),
  status: z.string().max(100).optional(),
  country: z.string().max(100).transform(destinationKey).optional(),
  phone: phoneText.optional(),
  email: z.string().max(320).optional(),
  cbbSynced: yesNo.optional(),
  whatsappConfirmationSent: yesNo.optional(),
  createdFrom: time.optional(),
  createdTo: time.optional(),
  review: yesNo.optional(),
  warning: z.string().min(1).max(200).optional(),
}).refine(...inOrder('createdFrom', 'createdTo'));

export const warningsQuery = onlyKnown({ from: time.optional(), to: time.optional() }).refine(
  ...inOrder('from', 'to'),
);

export const warningCount = z.array(z.object({ warning: z.string(), orders: z.number() }));

export const orderIdParameter = z.object({ orderId: z.string().min(1).max(300) });

export const orderResponse = z
  .object({
    orderId: z.string(),
    branch: z.string(),
    status: z.string().nullable(),
    phone: z.string().nullable(),
    phoneValid: z.boolean(),
    clientName: z.string().nullable(),
    clientEmail: z.string().nullable(),
    whatsappAlertsEnabled: z.boolean(),
    product: z.string().nullable(),
    country: z.string().nullable(),
    docType: z.string().nullable(),
    intent: z.string().nullable(),
    entries: z.string().nullable(),
    validity: z.string().nullable(),
    validityDays: z.number().nullable(),
    quantity: z.number().nullable(),
    amount: z.string().nullable(),
    currency: z.string().nullable(),
    urgency: z.string().nullable(),
    urgent: z.boolean(),
    processingDays: z.number().nullable(),
    entryDate: z.string().nullable(),
    warnings: z.array(z.string()),
    review: z.array(z.string()),
    cbbSynced: z.boolean(),
    whatsappConfirmationSent: z.boolean(),
    processedAt: timestamp.nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Order' });

/** Where an order stands on its way to its customer; see ADR 9. */
const sync = z.object({
  state: z.enum(['syncing-contact', 'confirming', 'processed', 'withheld', 'stopped', 'uncertain']),
  since: timestamp.nullable(),
  step: z.enum(['contact', 'confirmation']).nullable(),
  reason: z.string().nullable(),
  waitingFor: z.enum(['contact', 'vendor', 'receipt', 'operator']).nullable(),
  deadline: timestamp.nullable(),
});

export const foundOrderResponse = orderResponse.extend({ sync }).meta({ id: 'FoundOrder' });

export function toOrderResponse<T extends OrderView>(order: T) {
  return {
    ...order,
    status: order.orderStatus,
    phone: order.clientPhone,
    phoneValid: order.clientPhone !== null,
    product: order.productName,
    country: order.productCountry,
    docType: order.productDocType,
    intent: order.productIntent,
    entries: order.productEntries,
    validity: order.productValidity,
    quantity: order.visaQuantity,
    amount: order.amount === null ? null : order.amount.replace(/(\.\d\d\d*?)0+$/, '$1'),
    urgent: order.isUrgent,
  };
}

/** Of an order from the cache: the same answer for as long as it is the same order. */
export const toFoundOrderResponse = onceFor((order: FoundOrder) => toOrderResponse(order));

export const timelineResponse = z.array(
  z.object({
    at: timestamp,
    kind: z.string(),
    status: z.string(),
    detail: z.string().nullable(),
    correlationId: z.string(),
    actor: z.string().optional(),
    evidence: z.unknown().optional(),
  }),
);

export const placedResponse = z.object({
  orderId: z.string().nullable(),
  deliveryId: z.string(),
  status: z.enum(['accepted', 'duplicate', 'changed', 'skipped']),
});

export const reviewRequest = onlyKnown({ reason: reasonText });

const text = (longest: number) =>
  z
    .string('must be text, or null when it is not known')
    .trim()
    .min(1, 'must not be empty; null when it is not known')
    .max(longest, `must have at most ${longest} characters`)
    .refine((given) => given.isWellFormed() && !/\p{Cc}/u.test(given), 'must be one line of text');

/** What an operator may correct; at least one field. */
export const patchRequest = onlyKnown({
  clientName: text(300).nullable().optional(),
  clientEmail: text(320).pipe(z.email('must be an e-mail address')).nullable().optional(),
  phone: phoneText.nullable().optional(),
  whatsappAlertsEnabled: z.boolean('must be true or false').optional(),
  status: z.enum(['active', 'completed', 'issue', 'canceled']).optional(),
  reason: reasonText,
}).refine(
  ({ reason: _reason, ...fields }) => Object.values(fields).some((value) => value !== undefined),
  'must hold a field to correct',
);

export function toCorrection(patch: z.infer<typeof patchRequest>): Correction {
  const { clientName, clientEmail, phone: clientPhone, whatsappAlertsEnabled, status: orderStatus } = patch;
  return { clientName, clientEmail, clientPhone, whatsappAlertsEnabled, orderStatus };
}
