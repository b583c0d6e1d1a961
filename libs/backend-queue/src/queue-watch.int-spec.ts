import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Clock } from '@visapi/backend-kernel';
import { Metrics } from '@visapi/backend-observability';
import { DeadLettersRepository } from '@visapi/backend-repositories/events';
import {
  createTestDatabase,
  type DeafProxy,
  queueConfig,
  quietLog,
  startDeafProxy,
  takeTestRedis,
  type TestDatabase,
  until,
} from '@visapi/backend-testing';
import { DeadJobs } from './dead-jobs.js';
import { z } from 'zod';
import { defineJob, queueNames } from './define-job.js';
import { Heartbeats } from './heartbeats.js';
import { JobRunner } from './job-runner.js';
import { Jobs } from './jobs.js';
import { QueueDiscovery } from './queue-discovery.js';
import { QueueWatch } from './queue-watch.js';
import { RedisConnections } from './redis-connections.js';

const definitions = queueNames.map((name) =>
  defineJob({
    name: `watch-${name}`,
    queue: name,
    payload: z.object({ thing: z.string() }),
    attempts: 1,
    backoff: { firstMs: 4, maxMs: 8 },
  }),
);
const job = definitions[0]!;
const stuckAfterMs = 400;

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let proxy: DeafProxy;
let connections: RedisConnections;
let producers: RedisConnections;
let jobs: Jobs;
let metrics: Metrics;
let runner: JobRunner;
let watch: QueueWatch;
let heartbeats: Heartbeats;
let discovery: QueueDiscovery;
let restarts: string[];
let ran: string[];

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());
beforeEach(async () => {
  redis = await takeTestRedis();
  proxy = await startDeafProxy(redis.url);
  const config = queueConfig(proxy.url, { concurrency: 2, ordersConcurrency: 2, cbbConcurrency: 2 });
  connections = new RedisConnections(config, quietLog);
  producers = new RedisConnections({ ...config, url: redis.url }, quietLog);
  jobs = new Jobs(producers);
  metrics = new Metrics();
  const dead = new DeadJobs(test.database, new DeadLettersRepository(), new Clock());
  runner = new JobRunner(config, connections, jobs, dead, quietLog, metrics);
  heartbeats = new Heartbeats(jobs);
  discovery = new QueueDiscovery(jobs);
  watch = new QueueWatch(runner, discovery, heartbeats, quietLog, metrics);
  restarts = [];
  ran = [];
  runner.start(
    definitions.map((definition) => ({
      job: definition,
      handle: async (payload) => {
        ran.push((payload as { thing: string }).thing);
        return await Promise.resolve({ outcome: 'done' });
      },
    })),
  );
});
afterEach(async () => {
  await watch.stop();
  await runner.stop(2_000);
  await jobs.onApplicationShutdown();
  connections.onApplicationShutdown();
  producers.onApplicationShutdown();
  await proxy.close();
  await redis.close();
});

function start(): void {
  watch.start({
    stuckAfterMs,
    concurrency: () => 2,
    lanes: () => [{ name: 'cbb-contacts', state: 'closed', reason: null, since: null }],
    restart: (why) => restarts.push(why),
  });
}

/** Every queue has taken a job, so its worker listens. */
async function takeOneOfEach(): Promise<void> {
  await jobs.enqueue(definitions.map((definition) => definition.request('first', { thing: 'first' })));
  await until(
    async () => await Promise.resolve(ran.length),
    (count) => count >= definitions.length,
  );
}

async function expectReadyFor(ms: number): Promise<void> {
  const since = performance.now();
  const states = new Set<string>();
  await until(
    async () => {
      states.add(watch.check().state);
      return await Promise.resolve(performance.now() - since);
    },
    (waited) => waited > ms,
  );
  expect([...states]).toEqual(['up']);
}

describe('a worker whose requests for jobs are swallowed', () => {
  it('says which queue is stuck and what last moved, then ends itself', async () => {
    await takeOneOfEach();
    start();
    proxy.deafen();
    await jobs.enqueue([job.request('second', { thing: 'second' })]);
    const stuck = await until(
      async () => await Promise.resolve(watch.check()),
      ({ state }) => state === 'down',
    );
    expect(stuck.detail).toMatch(
      /^queue orders is stuck since .+: 1 jobs wait, this worker runs 0 and takes none; it last took one at .+/,
    );
    expect(restarts).toEqual([]);
    await until(
      async () => await Promise.resolve(restarts),
      (said) => said.length > 0,
    );
    expect(restarts[0]).toContain('queue orders is stuck');
    expect(ran).not.toContain('second');
    const samples = await metrics.render();
    const age = /visapi_queue_oldest_waiting_seconds\{queue="orders"\} (\S+)/.exec(samples)?.[1];
    expect(Number(age)).toBeGreaterThan(stuckAfterMs / 1000);
    expect(samples).toMatch(/visapi_queue_last_taken_timestamp\{queue="orders"\} \d/);
  }, 30_000);

  it('is left alone while there is no work to hear of', async () => {
    await takeOneOfEach();
    start();
    proxy.deafen();
    await expectReadyFor(10 * stuckAfterMs);
    expect(restarts).toEqual([]);
  }, 30_000);
});

describe('a worker that hears', () => {
  it('stays ready while work comes, and while somebody has paused a queue', async () => {
    await takeOneOfEach();
    const queue = await jobs.reach('orders');
    await queue.pause();
    await jobs.enqueue([job.request('second', { thing: 'second' })]);
    start();
    await expectReadyFor(3 * stuckAfterMs);
    await queue.resume();
    await until(
      async () => await Promise.resolve(ran),
      (things) => things.includes('second'),
    );
  });

  it('is seen by others with what it does, until it leaves', async () => {
    await takeOneOfEach();
    start();
    await watch.look();
    const [seen, ...others] = await heartbeats.all();
    expect(others).toEqual([]);
    expect(seen).toMatchObject({
      worker: watch.worker,
      lanes: [{ name: 'cbb-contacts', state: 'closed' }],
    });
    expect(seen?.queues.find(({ name }) => name === 'orders')).toMatchObject({
      running: 0,
      stuckSince: null,
      lastTakenAt: expect.any(String),
    });
    await watch.stop();
    await expect(heartbeats.all()).resolves.toEqual([]);
  });
});

describe('what the queues hold', () => {
  it('is asked once for all processes together', async () => {
    await runner.stop(2_000);
    const first = await discovery.discover();
    await jobs.enqueue([
      job.request('later', { thing: 'later' }, 60_000),
      job.request('now', { thing: 'now' }),
    ]);
    await expect(new QueueDiscovery(jobs).discover()).resolves.toEqual(first);
    await redis.redis.del('visapi:queues:discovered');
    const { queues } = await discovery.discover();
    expect(queues.find(({ name }) => name === 'orders')).toMatchObject({
      counts: { waiting: 1, active: 0, delayed: 1, failed: 0 },
      paused: false,
    });
  });

  it('tells the age of the job that is next, not of the newest', async () => {
    await runner.stop(2_000);
    await jobs.enqueue([job.request('old', { thing: 'old' })]);
    await until(
      async () => (await discovery.look('orders')).oldestWaitingSeconds,
      (age) => age > 0.1,
    );
    await jobs.enqueue([job.request('new', { thing: 'new' })]);
    const look = await discovery.look('orders');
    expect(look.waiting).toBe(2);
    expect(look.oldestWaitingSeconds).toBeGreaterThan(0.1);
  });
});
