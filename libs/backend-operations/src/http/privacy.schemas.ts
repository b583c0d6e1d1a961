import { onlyKnown, pageQuery, phoneText, reasonText, timestamp } from '@visapi/backend-http';
import { orderIdSchema } from '@visapi/backend-kernel';
import type { ErasureRow, Forgotten } from '@visapi/backend-repositories/privacy';
import { z } from 'zod';
import type { Erasure } from '../commands/erase-person.command.js';

const yesOrNo = z.boolean('must be true or false');

/** Exactly one of the three says who is meant. */
export const erasureRequest = onlyKnown({
  phone: phoneText.optional(),
  email: z
    .string('must be an e-mail address')
    .trim()
    .max(320, 'must have at most 320 characters')
    .regex(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address')
    .optional(),
  orderId: orderIdSchema.optional(),
  reason: reasonText,
  dryRun: yesOrNo.default(true),
  force: yesOrNo.default(false),
}).transform(({ phone, email, orderId, ...wish }, context) => {
  const meant: Forgotten[] = [];
  if (phone !== undefined) meant.push({ phone });
  if (email !== undefined) meant.push({ email });
  if (orderId !== undefined) meant.push({ orderId });
  const [who, ...more] = meant;
  if (who && more.length === 0) return { who, wish };
  context.addIssue({ code: 'custom', message: 'name the person by one of phone, email, orderId' });
  return z.NEVER;
});

export const erasureResponse = z
  .object({
    /** Null for a dry run, which changed nothing. */
    id: z.string().nullable(),
    /** How many orders, and which. */
    orders: z.number(),
    orderIds: z.array(z.string()),
    messages: z.number(),
    /** Whose bytes are gone. */
    deliveries: z.number(),
    keysDestroyed: z.number(),
  })
  .meta({ id: 'Erasure' });

export function toErasureResponse(erasure: Erasure) {
  return { ...erasure, orders: erasure.orderIds.length, orderIds: [...erasure.orderIds] };
}

export const erasuresQuery = onlyKnown(pageQuery('id'));

export const pastErasureResponse = erasureResponse
  .extend({ id: z.string(), reason: z.string(), erasedBy: z.string(), erasedAt: timestamp })
  .meta({ id: 'PastErasure' });

export function toPastErasureResponse({ correlationId: _correlationId, ...erasure }: ErasureRow) {
  return { ...erasure, orders: erasure.orderIds.length };
}
