import { defineJob } from '@visapi/backend-queue';
import { z } from 'zod';

/** Write a customer into the CRM. Retries are planned on the effect's row, so one job makes one attempt. */
export const syncContactJob = defineJob({
  name: 'sync-contact',
  queue: 'cbb',
  payload: z.object({ effectId: z.uuid() }),
  attempts: 4,
  backoff: { firstMs: 1_000, maxMs: 30_000 },
});
