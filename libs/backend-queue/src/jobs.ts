import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppError } from '@visapi/backend-kernel';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { type JobRequest, type QueueName, queueNames } from './define-job.js';
import { RedisConnections } from './redis-connections.js';

/** Jobs vanish when they end: their rows in Postgres are the record, and a kept id would silence a later wake-up. */
const kept = { removeOnComplete: true, removeOnFail: true } as const;

/** How long adding may wait for a first connection; BullMQ would wait until there is one. */
const patienceMs = 2_000;

interface OpenQueue {
  readonly queue: Queue;
  readonly redis: Redis;
}

/** Adds jobs. A job only wakes somebody up; what it is about stands in Postgres. */
@Injectable()
export class Jobs implements OnApplicationShutdown {
  private readonly queues = new Map<QueueName, OpenQueue>();

  constructor(private readonly connections: RedisConnections) {}

  /** @throws when Redis is away; nothing is kept in memory for later */
  async enqueue(requests: readonly JobRequest[]): Promise<void> {
    const byQueue = Map.groupBy(requests, (request) => request.definition.queue);
    await Promise.all(
      [...byQueue].map(async ([name, wanted]) => {
        const queue = await this.reach(name);
        await queue.addBulk(wanted.map(toBullJob));
      }),
    );
  }

  /**
   * The queue, with a connection.
   * @throws AppError when Redis is away
   */
  async reach(name: QueueName): Promise<Queue> {
    const { queue } = this.open(name);
    await whenReady(queue);
    return queue;
  }

  /**
   * The connection by which jobs are added, for what is kept beside them.
   * @throws AppError when Redis is away
   */
  async redis(): Promise<Redis> {
    const { queue, redis } = this.open(queueNames[0]);
    await whenReady(queue);
    return redis;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.queues.values()].map(({ queue }) => queue.close()));
  }

  private open(name: QueueName): OpenQueue {
    const known = this.queues.get(name);
    if (known) return known;
    const redis = this.connections.producer();
    const queue = new Queue(name, { connection: redis, prefix: 'visapi', skipMetasUpdate: true });
    // The connection has told the log already; without a listener BullMQ would write to the console.
    queue.on('error', () => undefined);
    const opened = { queue, redis };
    this.queues.set(name, opened);
    return opened;
  }
}

/** @throws AppError when there is no connection in time */
async function whenReady(queue: Queue): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new AppError('unavailable', 'Redis is away.')), patienceMs);
  try {
    await Promise.race([queue.waitUntilReady(), late.promise]);
  } finally {
    clearTimeout(timer);
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
