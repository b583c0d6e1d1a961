import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { queueNames } from './define-job.js';
import { Jobs } from './jobs.js';

/** A heart that has not beaten for this long belongs to nobody any more. */
const livesMs = 20_000;
const index = 'visapi:workers';

const lane = z.object({
  name: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  since: z.string().nullable(),
});

const heartbeat = z.object({
  worker: z.string(),
  startedAt: z.string(),
  seenAt: z.string(),
  queues: z.array(
    z.object({
      name: z.enum(queueNames),
      running: z.number().int(),
      lastTakenAt: z.string().nullable(),
      stuckSince: z.string().nullable(),
    }),
  ),
  lanes: z.array(lane),
});

/** What a worker says of itself every few seconds. Times are ISO, by its own clock. */
export type Heartbeat = z.infer<typeof heartbeat>;
export type LaneReport = z.infer<typeof lane>;

/** What workers say of themselves, kept in Redis for as long as they keep saying it. */
@Injectable()
export class Heartbeats {
  constructor(private readonly jobs: Jobs) {}

  async beat(beat: Heartbeat): Promise<void> {
    const redis = await this.jobs.redis();
    const now = Date.now();
    await redis
      .multi()
      .set(`${index}:${beat.worker}`, JSON.stringify(beat), 'PX', livesMs)
      .zadd(index, now, beat.worker)
      .zremrangebyscore(index, 0, now - 10 * livesMs)
      .exec();
  }

  /** The worker ends in good order: nobody needs to wait for its heart to stop. */
  async leave(worker: string): Promise<void> {
    const redis = await this.jobs.redis();
    await redis.multi().del(`${index}:${worker}`).zrem(index, worker).exec();
  }

  /** Of the workers that live, by their id. */
  async all(): Promise<Heartbeat[]> {
    const redis = await this.jobs.redis();
    const workers = await redis.zrange(index, '0', '-1');
    if (workers.length === 0) return [];
    const beats = await redis.mget(workers.map((worker) => `${index}:${worker}`));
    // A worker of another release may say other things; it is left out rather than misread.
    const read = beats.map((beat) => heartbeat.safeParse(JSON.parse(beat ?? 'null')));
    return read.flatMap(({ data }) => data ?? []).sort((a, b) => a.worker.localeCompare(b.worker));
  }
}
