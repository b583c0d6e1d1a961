import type { RetryPolicy } from '@visapi/backend-kernel';
import { defineJob } from '@visapi/backend-queue';
import { z } from 'zod';

const backoff = { firstMs: 1_000, maxMs: 30_000 };

/** Write a customer into the CRM. Retries are planned on the effect's row, so one job makes one attempt. */
export const syncContactJob = defineJob({
  name: 'sync-contact',
  queue: 'cbb',
  payload: z.object({ effectId: z.uuid() }),
  attempts: 4,
  backoff,
});

/**
 * At-least-once: whatever may pass is tried again, some 24 hours of tries at most 30 s apart. Time in which CBB serves
 * nobody is not counted, for then nothing is tried.
 */
export const syncRetries: RetryPolicy = {
  backoff,
  mostTries: 3_800,
  on: {
    permanent: 'fail',
    unexpected: 'fail',
    unknown: 'count-and-try-again',
    refused: 'count-and-try-again',
    transient: 'count-and-try-again',
    'rate-limited': 'try-again',
    parked: 'try-again',
    ours: 'count-and-try-again',
  },
};
