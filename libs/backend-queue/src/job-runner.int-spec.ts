import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, Clock } from '@visapi/backend-kernel';
import { Metrics } from '@visapi/backend-observability';
import { DeadLettersRepository } from '@visapi/backend-repositories/events';
import {
  createTestDatabase,
  queueConfig,
  quietLog,
  takeTestRedis,
  type TestDatabase,
  until,
} from '@visapi/backend-testing';
import { Queue } from 'bullmq';
import { z } from 'zod';
import { DeadJobs } from './dead-jobs.js';
import { defineJob, queueNames } from './define-job.js';
import type { JobProcessor, JobResult } from './job-processor.js';
import { JobRunner } from './job-runner.js';
import { Jobs } from './jobs.js';
import { RedisConnections } from './redis-connections.js';

let test: TestDatabase;
let dead: DeadJobs;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let connections: RedisConnections;
let jobs: Jobs;
let metrics: Metrics;
let runner: JobRunner;
let queue: Queue;

const definitions = queueNames.map((name) =>
  defineJob({
    name: `try-${name}`,
    queue: name,
    payload: z.object({ thing: z.string() }),
    attempts: 3,
    backoff: { firstMs: 4, maxMs: 8 },
  }),
);
const job = definitions[0]!;
const narrow = defineJob({
  name: 'try-narrow',
  queue: job.queue,
  payload: z.object({ thing: z.string() }),
  attempts: 1,
  backoff: { firstMs: 4, maxMs: 8 },
  isNarrow: true,
});

/** One processor per queue; the first does what the test says and writes down what happened. */
function processors(handle: (thing: string, run: number) => JobResult | readonly JobResult[]) {
  const runs: string[] = [];
  const exhausted: { payload: unknown; error: Error }[] = [];
  const list = definitions.map((definition): JobProcessor => ({
    job: definition,
    handle: async (payload) => {
      const { thing } = payload as { thing: string };
      runs.push(thing);
      return await Promise.resolve(handle(thing, runs.length));
    },
    exhausted: async (payload, error) => {
      exhausted.push({ payload, error });
      await Promise.resolve();
    },
  }));
  return { runs, exhausted, list };
}

beforeAll(async () => {
  test = await createTestDatabase();
  dead = new DeadJobs(test.database, new DeadLettersRepository(), new Clock());
});
afterAll(() => test.drop());
beforeEach(async () => {
  redis = await takeTestRedis();
  const config = queueConfig(redis.url, { concurrency: 2, ordersConcurrency: 4, cbbConcurrency: 4 });
  connections = new RedisConnections(config, quietLog);
  jobs = new Jobs(connections);
  metrics = new Metrics();
  runner = new JobRunner(config, connections, jobs, dead, quietLog, metrics);
  queue = new Queue(job.queue, { connection: connections.producer(), prefix: 'visapi' });
  await queue.waitUntilReady();
});
afterEach(async () => {
  await runner.stop(5_000);
  await queue.close();
  await jobs.onApplicationShutdown();
  connections.onApplicationShutdown();
  await redis.close();
  await test.query('delete from dead_letters');
});

const letters = async () =>
  await test.query<Record<string, unknown>>(`select * from dead_letters where state = 'open' order by id`);

const idle = async () =>
  await until(
    async () => await queue.getJobCounts('waiting', 'active', 'delayed', 'failed', 'completed'),
    (counts) => Object.values(counts).every((count) => count === 0),
  );

describe('JobRunner', () => {
  it('runs a job once with its payload and leaves nothing of it in Redis', async () => {
    const { runs, list } = processors(() => ({ outcome: 'done' }));
    runner.start(list);
    await jobs.enqueue([job.request('a', { thing: 'a' }), job.request('a', { thing: 'a' })]);
    await until(
      async () => await Promise.resolve(runs),
      (list_) => list_.length > 0,
    );
    await idle();
    expect(runs).toEqual(['a']);
    expect(await metrics.render()).toContain(
      'visapi_job_duration_seconds_count{job="try-orders",outcome="done"} 1',
    );
  });

  it('adds the jobs that follow', async () => {
    const { runs, list } = processors((thing) =>
      thing === 'first'
        ? { outcome: 'retry', next: [job.request('second', { thing: 'second' }, 5)] }
        : [{ outcome: 'done' }],
    );
    runner.start(list);
    await jobs.enqueue([job.request('first', { thing: 'first' })]);
    await until(
      async () => await Promise.resolve(runs),
      (seen) => seen.includes('second'),
    );
    await idle();
  });

  it('tries again what may pass, by the policy of the definition', async () => {
    const { runs, exhausted, list } = processors((_thing, run) => {
      if (run < 3) throw new AppError('conflict', 'not yet');
      return { outcome: 'done' };
    });
    runner.start(list);
    await jobs.enqueue([job.request('a', { thing: 'a' })]);
    await until(
      async () => await Promise.resolve(runs),
      (seen) => seen.length === 3,
    );
    await idle();
    expect(exhausted).toEqual([]);
  });

  it('tells the processor after the last attempt, once', async () => {
    const { runs, exhausted, list } = processors(() => {
      throw new Error('a bug');
    });
    runner.start(list);
    await jobs.enqueue([job.request('a', { thing: 'a' })]);
    await until(
      async () => await Promise.resolve(exhausted),
      (told) => told.length > 0,
    );
    await idle();
    expect(runs).toHaveLength(3);
    expect(exhausted).toMatchObject([{ payload: { thing: 'a' } }]);
  });

  it('does not try again what cannot pass', async () => {
    const { runs, exhausted, list } = processors(() => {
      throw new AppError('unprocessable', 'never');
    });
    runner.start(list);
    await jobs.enqueue([job.request('a', { thing: 'a' })]);
    await until(
      async () => await Promise.resolve(exhausted),
      (told) => told.length > 0,
    );
    await idle();
    expect(runs).toHaveLength(1);
    expect(exhausted[0]?.error.message).toBe('never');
  });

  it.each([
    ['our own error of an outage', new AppError('unavailable', 'away')],
    ['a refused connection of the driver', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    ['a shutdown of Postgres', Object.assign(new Error('terminating'), { code: '57P01' })],
    ['a deadlock', Object.assign(new Error('deadlock'), { code: '40P01' })],
    ['a statement that takes too long', new AppError('timeout', 'late')],
  ])('never gives a row up because of %s: it stays owed, and the sweep wakes it', async (_name, error) => {
    const { runs, exhausted, list } = processors(() => {
      throw error;
    });
    runner.start(list);
    await jobs.enqueue([job.request('a', { thing: 'a' })]);
    await until(
      async () => await Promise.resolve(runs),
      (seen) => seen.length === 3,
    );
    await idle();
    expect(exhausted).toEqual([]);
    expect(await letters()).toEqual([]);
  });

  it('fails a payload without the shape at once, and keeps it for a person', async () => {
    const { runs, exhausted, list } = processors(() => ({ outcome: 'done' }));
    runner.start(list);
    await queue.add(job.name, { thing: 7 }, { attempts: 3, removeOnFail: true });
    await until(letters, (kept) => kept.length > 0);
    await idle();
    expect(runs).toEqual([]);
    // Nobody may be told of ids that are none.
    expect(exhausted).toEqual([]);
    expect(await letters()).toMatchObject([
      { kind: 'job', name: job.name, aggregate_id: null, attempts: 1, errors: [{ code: 'UNPROCESSABLE' }] },
    ]);
  });

  it('is loud about a job that nobody knows, and does not try it again', async () => {
    const { list } = processors(() => ({ outcome: 'done' }));
    runner.start(list);
    await queue.add('paint-house', {}, { jobId: 'paint-7', attempts: 3, removeOnFail: true });
    await until(
      async () => await metrics.render(),
      (text) => text.includes('visapi_job_duration_seconds_count{job="unknown",outcome="failed"} 1'),
    );
    await idle();
    expect(await letters()).toMatchObject([{ name: 'paint-house', reference: 'paint-7', attempts: 1 }]);
  });

  it('refuses to start with two processors for one job, or none for a queue', () => {
    const { list } = processors(() => ({ outcome: 'done' }));
    expect(() => runner.start([...list, list[0]!])).toThrow('Two processors for job try-orders');
    const other = new JobRunner(queueConfig(redis.url), connections, jobs, dead, quietLog, metrics);
    expect(() => other.start(list.slice(1))).toThrow('No processor for orders');
  });

  it.each([
    ['as many jobs at once as their queue allows', job, 4],
    ['no more narrow jobs at once than QUEUE_CONCURRENCY', narrow, 2],
  ])('runs %s', async (_, definition, most) => {
    let [now, seen, ended] = [0, 0, 0];
    const leave = Promise.withResolvers<void>();
    const processor: JobProcessor = {
      job: definition,
      handle: async () => {
        seen = Math.max(seen, (now += 1));
        await leave.promise;
        now -= 1;
        ended += 1;
        return { outcome: 'done' };
      },
    };
    const { list } = processors(() => ({ outcome: 'done' }));
    runner.start([...(definition === job ? list.slice(1) : list), processor]);
    await jobs.enqueue(
      Array.from({ length: 8 }, (_each, n) => definition.request(String(n), { thing: 'x' })),
    );
    // Whoever may begin has begun: the queue gives no more until one ends.
    await until(
      async () => await Promise.resolve(runner.running.of(job.queue).running),
      (running) => running === 4,
    );
    leave.resolve();
    await until(
      async () => await Promise.resolve(ended),
      (count) => count === 8,
    );
    expect(seen).toBe(most);
  });

  it('begins no narrow job any more once it stops: what waited for its turn is in the queue again', async () => {
    const full = Promise.withResolvers<void>();
    const leave = Promise.withResolvers<void>();
    let begun = 0;
    const processor: JobProcessor = {
      job: narrow,
      handle: async () => {
        if ((begun += 1) === 2) full.resolve();
        await leave.promise;
        return { outcome: 'done' };
      },
    };
    const { list } = processors(() => ({ outcome: 'done' }));
    runner.start([...list, processor]);
    const wanted = Array.from({ length: 4 }, (_each, n) => narrow.request(String(n), { thing: 'x' }));
    await jobs.enqueue(wanted);
    await full.promise;
    await until(
      async () => await queue.getJobCounts('active'),
      ({ active }) => active === 4,
    );
    const stopped = runner.stop(5_000);
    leave.resolve();
    await stopped;
    expect(begun).toBe(2);
    await expect(queue.getJobCounts('waiting', 'active')).resolves.toEqual({ waiting: 2, active: 0 });
  });

  it('lets running jobs end before it stops, and takes none afterwards', async () => {
    const entered = Promise.withResolvers<void>();
    const leave = Promise.withResolvers<void>();
    const { list } = processors(() => ({ outcome: 'done' }));
    let ended = 0;
    const slow: JobProcessor = {
      job,
      handle: async () => {
        entered.resolve();
        await leave.promise;
        ended += 1;
        return { outcome: 'done' };
      },
    };
    runner.start([slow, ...list.slice(1)]);
    await jobs.enqueue([job.request('a', { thing: 'a' })]);
    await entered.promise;
    const stopped = runner.stop(5_000);
    leave.resolve();
    await stopped;
    expect(ended).toBe(1);
    await jobs.enqueue([job.request('b', { thing: 'b' })]);
    await expect(queue.getJobCounts('waiting', 'active')).resolves.toEqual({ waiting: 1, active: 0 });
  });
});

describe('Jobs', () => {
  it('fails at once while Redis is away and keeps nothing for later', async () => {
    const away = new RedisConnections(queueConfig('redis://127.0.0.1:1'), quietLog);
    const lost = new Jobs(away);
    const started = performance.now();
    await expect(lost.enqueue([job.request('a', { thing: 'a' })])).rejects.toThrow();
    expect(performance.now() - started).toBeLessThan(5_000);
    away.onApplicationShutdown();
  });
});
