import type { RetryPolicy } from '@visapi/backend-kernel';
import { defineJob } from '@visapi/backend-queue';
import { z } from 'zod';

const backoff = { firstMs: 1_000, maxMs: 30_000 };

/** Send a planned message, at most once. Retries are planned on the effect's row, so one job makes one attempt. */
export const sendMessageJob = defineJob({
  name: 'send-message',
  queue: 'cbb',
  payload: z.object({ effectId: z.uuid() }),
  attempts: 4,
  isNarrow: true,
  backoff,
});

/**
 * At-most-once: only what certainly was not sent is tried again, a clear no is final, everything else is uncertain for
 * ever unless a receipt or a person settles it. A business refusal (`success: false`) may pass, but not for ever: some
 * ten minutes of tries at most 30 s apart.
 */
export const sendRetries: RetryPolicy = {
  backoff,
  mostTries: 30,
  on: {
    permanent: 'fail',
    unexpected: 'uncertain',
    unknown: 'uncertain',
    refused: 'count-and-try-again',
    transient: 'try-again',
    'rate-limited': 'try-again',
    parked: 'try-again',
    ours: 'uncertain',
  },
};
