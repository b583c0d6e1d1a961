import { z } from 'zod';
import { vendors } from '../faults/fault.js';
import { variants } from '../vizi/variants.js';

export const callsQuery = z.object({
  vendor: z.enum(vendors).optional(),
  /** A time (ISO 8601) or the index of a call. */
  since: z
    .union([
      z
        .string()
        .regex(/^\d+$/)
        .transform((text) => ({ index: Number(text) })),
      z.iso.datetime({ offset: true }).transform((text) => ({ at: Date.parse(text) })),
    ])
    .optional(),
});

export const stateQuery = z.object({ vendor: z.enum(['cbb', 'meta']) });
export const sendsQuery = z.object({ phone: z.string().regex(/^\d+$/).optional() });

export const resetBody = z.strictObject({
  /** Of the dice that faults with a rate roll. */
  seed: z.number().int().min(0).max(0xffff_ffff).optional(),
  /** Also forget the contacts CBB holds. */
  contacts: z.boolean().default(false),
  /** Also empty the staff's base, down to the records it begins with. */
  airtable: z.boolean().default(false),
});

export const viziBody = z.strictObject({
  count: z.number().int().min(1).max(1_000_000),
  /** Orders per second, kept whatever the answers take; 0 = as fast as answers come. */
  ratePerSecond: z.number().min(0).max(100_000).default(0),
  variant: z.enum(variants).default('mixed'),
  /** How often each order is posted, the copies at once. */
  repeat: z.number().int().min(1).max(100).default(1),
  /** The same seed posts the same orders on the same day; without one they are new ones. */
  seed: z.number().int().min(0).max(0xffff_ffff).optional(),
});
export type ViziRequest = z.infer<typeof viziBody>;
