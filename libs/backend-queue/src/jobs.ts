import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppError } from '@visapi/backend-kernel';
import { Queue } from 'bullmq';
import type { JobRequest, QueueName } from './define-job.js';
import { RedisConnections } from './redis-connections.js';

/** Jobs vanish when they end: their rows in Postgres are the record, and a kept id would silence a later wake-up. */
const kept = { removeOnComplete: true, removeOnFail: true } as const;

/** How long adding may wait for a first connection; BullMQ would wait until there is one. */
const patienceMs = 2_000;

/** Adds jobs. A job only wakes somebody up; what it is about stands in Postgres. */
@Injectable()
export class Jobs implements OnApplicationShutdown {
  private readonly queues = new Map<QueueName, Queue>();

  constructor(private readonly connections: RedisConnections) {}

  /** @throws when Redis is away; nothing is kept in memory for later */
  async enqueue(requests: readonly JobRequest[]): Promise<void> {
    const byQueue = Map.groupBy(requests, (request) => request.definition.queue);
    await Promise.all([...byQueue].map(([name, wanted]) => this.add(this.queue(name), wanted)));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
  }

  private async add(queue: Queue, wanted: readonly JobRequest[]): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new AppError('unavailable', 'Redis is away.')), patienceMs);
    try {
      await Promise.race([queue.waitUntilReady(), late.promise]);
    } finally {
      clearTimeout(timer);
    }
    await queue.addBulk(wanted.map(toBullJob));
  }

  private queue(name: QueueName): Queue {
    let queue = this.queues.get(name);
    if (!queue) {
      queue = new Queue(name, {
        connection: this.connections.producer(),
        prefix: 'visapi',
        skipMetasUpdate: true,
      });
      // The connection has told the log already; without a listener BullMQ would write to the console.
      queue.on('error', () => undefined);
      this.queues.set(name, queue);
    }
    return queue;
  }
}

function toBullJob(request: JobRequest) {
  const { definition, id, payload, delayMs } = request;
  const opts = {
    ...kept,
    jobId: id,
    attempts: definition.attempts,
    backoff: { type: 'policy' },
    delay: delayMs ?? 0,
  };
  return { name: definition.name, data: payload, opts };
}
