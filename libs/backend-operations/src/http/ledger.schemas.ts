import { onlyKnown } from '@visapi/backend-http';
import { z } from 'zod';

const time = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-01-05T00:00:00Z' })
  .transform((text) => new Date(text))
  .optional();

export const ledgerQuery = onlyKnown({ from: time, to: time });

const count = z.number().int();

export const ledgerResponse = z.object({
  received: count,
  byState: z.object({
    fulfilled: count,
    duplicate: count,
    changed: count,
    skipped: count,
    rejected: count,
    failed: count,
    uncertain: count,
    open: count,
  }),
  oldestOpenSeconds: z.number().nullable(),
  uncertain: z.array(z.string()),
  violations: z.array(z.object({ orderId: z.string(), problem: z.string() })),
});
