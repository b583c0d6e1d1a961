import type { QueueConfig } from '@visapi/backend-config';

/** Queues of a process under test: one job of each at a time, unless the test says otherwise. */
export function queueConfig(url: string, changes: Partial<QueueConfig> = {}): QueueConfig {
  const narrow = { concurrency: 1, ordersConcurrency: 1, cbbConcurrency: 1, batchSize: 10 };
  return { url, publicUrl: undefined, ...narrow, ...changes };
}
