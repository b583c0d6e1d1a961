import { z } from 'zod';

const noPayload = z.object({});

/** Every fact the system announces and the shape of its payload. Additive only: old rows are read for ever. */
export const eventContracts = {
  /** A body that may become an order was stored. Aggregate: the delivery. */
  'delivery.received': noPayload,
  /** A body with delivery receipts was stored. Aggregate: the delivery. */
  'receipts.received': noPayload,
  /** An order was read from its first delivery. Aggregate: the order. */
  'order.created': z.object({
    deliveryId: z.string(),
    branch: z.string(),
    contactEffectId: z.string().nullable(),
    warnings: z.array(z.string()),
  }),
  /** A later delivery changed an order. Names of fields only. */
  'order.changed': z.object({
    deliveryId: z.string(),
    fields: z.array(z.string()),
    contactEffectId: z.string().nullable(),
  }),
  /** CBB holds the newest values of the order's customer. */
  'contact.synced': z.object({ contactEffectId: z.string(), messageEffectId: z.string().nullable() }),
  /** A message went out: the vendor said so, or a receipt did. */
  'message.accepted': z.object({ messageEffectId: z.string() }),
  /** A receipt says that a message did not reach its customer. */
  'message.failed': z.object({ messageEffectId: z.string() }),
} as const;

export type EventType = keyof typeof eventContracts;
export type EventPayload<T extends EventType> = z.infer<(typeof eventContracts)[T]>;
