import { pageQuery } from '@visapi/backend-http';
import { parsePhone } from '@visapi/backend-kernel';
import type { OrderView } from '@visapi/backend-repositories/orders';
import { z } from 'zod';

const yesNo = z
  .enum(['true', 'false'], 'must be the word true or false')
  .transform((word) => word === 'true');
const time = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-01-05T00:00:00Z' })
  .transform((text) => new Date(text));

export const ordersQuery = z.object({
  ...pageQuery('position'),
  branch: z.string().max(50).optional(),
  status: z.string().max(100).optional(),
  country: z.string().max(100).optional(),
  phone: z
    .string()
    .transform((given) => parsePhone(given.startsWith('+') ? given : `+${given.trim()}`).e164 ?? given)
    .optional(),
  email: z.string().max(320).optional(),
  cbbSynced: yesNo.optional(),
  whatsappConfirmationSent: yesNo.optional(),
  createdFrom: time.optional(),
  createdTo: time.optional(),
});

export const orderIdParameter = z.object({ orderId: z.string().min(1).max(300) });

const timestamp = z.date().transform((date) => date.toISOString());

export const orderResponse = z.object({
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
  quantity: z.number().nullable(),
  amount: z.string().nullable(),
  currency: z.string().nullable(),
  urgency: z.string().nullable(),
  urgent: z.boolean(),
  processingDays: z.number().nullable(),
  entryDate: z.string().nullable(),
  warnings: z.array(z.string()),
  cbbSynced: z.boolean(),
  whatsappConfirmationSent: z.boolean(),
  processedAt: timestamp.nullable(),
  createdAt: timestamp,
  updatedAt: timestamp,
});

export function toOrderResponse(order: OrderView) {
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
