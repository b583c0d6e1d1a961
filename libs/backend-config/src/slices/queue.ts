import { integer, url } from '../variable.js';

export const queue = {
  url: url('REDIS_URL', ['redis:', 'rediss:'], {
    needed: 'always',
    meaning: 'Redis of the queue; its maxmemory-policy must be noeviction',
  }),
  publicUrl: url('REDIS_PUBLIC_URL', ['redis:', 'rediss:'], { meaning: 'wins over REDIS_URL when set' }),
  concurrency: integer('QUEUE_CONCURRENCY', {
    default: 10,
    min: 1,
    max: 200,
    meaning: 'jobs of one queue that one worker runs at once, unless the queue has its own number',
  }),
  ordersConcurrency: integer('QUEUE_CONCURRENCY_ORDERS', {
    default: 0,
    min: 0,
    max: 1000,
    meaning: 'the same of queue orders; 0 = five times QUEUE_CONCURRENCY, for these jobs share their commits',
  }),
  cbbConcurrency: integer('QUEUE_CONCURRENCY_CBB', {
    default: 0,
    min: 0,
    max: 1000,
    meaning:
      'the same of queue cbb; 0 = five times QUEUE_CONCURRENCY. Messages are sent no more than QUEUE_CONCURRENCY at once',
  }),
  batchSize: integer('BATCH_SIZE', {
    default: 100,
    min: 1,
    max: 1000,
    meaning: 'events that the outbox relay takes at once',
  }),
} as const;
