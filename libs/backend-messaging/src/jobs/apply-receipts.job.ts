import { defineJob } from '@visapi/backend-queue';
import { z } from 'zod';

/** Read a stored webhook body of Meta and move its messages forward. */
export const applyReceiptsJob = defineJob({
  name: 'apply-receipts',
  queue: 'receipts',
  payload: z.object({ deliveryId: z.uuid() }),
  attempts: 6,
  backoff: { firstMs: 250, maxMs: 10_000 },
});
