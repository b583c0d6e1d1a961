import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type QueueName, queueNames } from './define-job.js';
import { Jobs } from './jobs.js';
import type { QueueLook } from './queue-progress.js';

/** What a queue holds, by state. */
export const jobStates = ['waiting', 'active', 'delayed', 'failed'] as const;
export type JobState = (typeof jobStates)[number];

const depth = z.object({
  name: z.enum(queueNames),
  counts: z.record(z.enum(jobStates), z.number().int()),
  paused: z.boolean(),
  oldestWaitingSeconds: z.number(),
});
const snapshot = z.object({ at: z.string(), queues: z.array(depth) });

export type QueueDepth = z.infer<typeof depth>;
export type QueueSnapshot = z.infer<typeof snapshot>;

/** All processes share one answer for this long, so that any number of them asks Redis no more often. */
const sharedMs = 30_000;
const key = 'visapi:queues:discovered';

/** Says what the queues hold. */
@Injectable()
export class QueueDiscovery {
  constructor(private readonly jobs: Jobs) {}

  /** What all queues hold, at most 30 s old. */
  async discover(): Promise<QueueSnapshot> {
    const redis = await this.jobs.redis();
    const known = snapshot.safeParse(JSON.parse((await redis.get(key)) ?? 'null'));
    if (known.success) return known.data;
    const queues = await Promise.all(queueNames.map((name) => this.count(name)));
    const fresh: QueueSnapshot = { at: new Date().toISOString(), queues };
    await redis.set(key, JSON.stringify(fresh), 'PX', sharedMs);
    return fresh;
  }

  /** What decides whether a worker is stuck, as it is now. */
  async look(name: QueueName): Promise<QueueLook & { readonly oldestWaitingSeconds: number }> {
    const queue = await this.jobs.reach(name);
    const [waiting, paused, oldestWaitingSeconds] = await Promise.all([
      queue.getWaitingCount(),
      queue.isPaused(),
      this.oldestWaitingSeconds(name),
    ]);
    return { waiting, paused, oldestWaitingSeconds };
  }

  private async count(name: QueueName): Promise<QueueDepth> {
    const queue = await this.jobs.reach(name);
    const [counts, paused, oldestWaitingSeconds] = await Promise.all([
      queue.getJobCounts(...jobStates),
      queue.isPaused(),
      this.oldestWaitingSeconds(name),
    ]);
    const ofState = (state: JobState) => counts[state] ?? 0;
    return {
      name,
      counts: {
        waiting: ofState('waiting'),
        active: ofState('active'),
        delayed: ofState('delayed'),
        failed: ofState('failed'),
      },
      paused,
      oldestWaitingSeconds,
    };
  }

  /**
   * Age of the job that is next to be taken, from when it was ready. Of one that is tried again only the start of its
   * last try is known, so the back-off counts as waiting.
   */
  private async oldestWaitingSeconds(name: QueueName): Promise<number> {
    const queue = await this.jobs.reach(name);
    const [next] = await queue.getWaiting(0, 0);
    if (!next) return 0;
    const readyAt = Math.max(next.timestamp + (next.opts.delay ?? 0), next.processedOn ?? 0);
    return Math.max(0, (Date.now() - readyAt) / 1000);
  }
}
