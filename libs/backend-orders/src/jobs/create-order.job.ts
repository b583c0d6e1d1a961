import { defineJob } from '@visapi/backend-queue';
import { z } from 'zod';

/** Interpret a stored delivery. Runs as often as anybody likes: the delivery's row decides. */
export const createOrderJob = defineJob({
  name: 'create-order',
  queue: 'orders',
  payload: z.object({ deliveryId: z.uuid() }),
  attempts: 6,
  backoff: { firstMs: 250, maxMs: 10_000 },
});
