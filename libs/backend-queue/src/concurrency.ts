import type { QueueConfig } from '@visapi/backend-config';
import type { QueueName } from './define-job.js';

/**
 * How much wider than usual a queue is: jobs that run at once share their statements and wait for one commit together or for
 * a vendor, so that more of them at once cost the database less.
 */
const widened = 5;

export type Concurrency = Pick<QueueConfig, 'concurrency' | 'ordersConcurrency' | 'cbbConcurrency'>;

/** Jobs of a queue that one process runs at once. */
export function concurrencyOf(config: Concurrency, queue: QueueName): number {
  const { concurrency, ordersConcurrency, cbbConcurrency } = config;
  const own = { orders: ordersConcurrency, cbb: cbbConcurrency, receipts: concurrency }[queue];
  return own === 0 ? concurrency * widened : own;
}
