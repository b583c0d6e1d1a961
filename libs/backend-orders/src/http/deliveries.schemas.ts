import { pageQuery } from '@visapi/backend-http';
import type { DeliveryRow } from '@visapi/backend-repositories/inbox';
import { z } from 'zod';

export const deliveriesQuery = z.object({
  ...pageQuery('position'),
  orderId: z.string().max(300).optional(),
  outcome: z.enum(['accepted', 'changed', 'skipped', 'rejected']).optional(),
  state: z.enum(['open', 'applied', 'failed', 'closed']).optional(),
  source: z.string().max(50).optional(),
});

export const deliveryIdParameter = z.object({ id: z.uuid('must be the id of a delivery (a UUID)') });

const timestamp = z.date().transform((date) => date.toISOString());

export const deliveryResponse = z.object({
  id: z.string(),
  orderId: z.string().nullable(),
  source: z.string(),
  outcome: z.string(),
  state: z.string(),
  sha256: z.string(),
  repeats: z.number(),
  lastRepeatAt: timestamp.nullable(),
  problems: z.array(z.object({ path: z.string(), message: z.string() })),
  correlationId: z.string(),
  receivedAt: timestamp,
  appliedAt: timestamp.nullable(),
});

export function toDeliveryResponse(row: DeliveryRow) {
  const problems: unknown = row.problems === null ? [] : JSON.parse(row.problems);
  return { ...row, sha256: row.bodyHash.toString('hex'), problems };
}
