import { defineJob } from '@visapi/backend-queue';
import { z } from 'zod';

/** Send a planned message, at most once. Retries are planned on the effect's row, so one job makes one attempt. */
export const sendMessageJob = defineJob({
  name: 'send-message',
  queue: 'cbb',
  payload: z.object({ effectId: z.uuid() }),
  attempts: 4,
  backoff: { firstMs: 1_000, maxMs: 30_000 },
});
