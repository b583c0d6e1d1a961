import { defineJob } from '@visapi/backend-queue';
import { z } from 'zod';

/** Receipts came before the answer of the message they belong to: look again. The sweep does so anyway, later. */
export const bindReceiptsJob = defineJob({
  name: 'bind-receipts',
  queue: 'receipts',
  payload: z.object({ effectId: z.uuid() }),
  attempts: 3,
  backoff: { firstMs: 250, maxMs: 5_000 },
});
