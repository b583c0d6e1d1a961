import { onlyKnown } from '@visapi/backend-http';
import { z } from 'zod';

const count = z.number().int().min(0);

export const clearQuery = onlyKnown({ pattern: z.string().max(1_000).optional() });

export const clearResponse = z.object({ cleared: z.string() });

export const cacheStatsResponse = z.object({
  families: z.array(
    z.object({
      family: z.string(),
      hits: z.object({ memory: count, redis: count }),
      misses: count,
      ratio: z.number().min(0).max(1).nullable(),
      memoryEntries: count,
      redis: z.object({ bytes: count, entries: count }).nullable(),
      budgetBytes: count,
    }),
  ),
});
