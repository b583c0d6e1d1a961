import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { QueueModule } from '@visapi/backend-queue';
import {
  createTestContext,
  createTestDatabase,
  queueConfig,
  takeTestRedis,
  type TestDatabase,
} from '@visapi/backend-testing';
import { EventsModule } from './events.module.js';
import { defineHandler, type FactDelivery, Handles } from './handler.js';
import { ReplayEvents } from './replay-events.timer.js';

/** The very program that `npm run visapi` starts. It knows the handlers of the system; this worker plays one of them. */
const cli = join(import.meta.dirname, '../../../tools/cli/main.ts');
const played = defineHandler({
  name: 'order-statistics',
  types: ['order.created', 'order.changed'],
  attempts: 1,
  backoff: { firstMs: 1, maxMs: 1 },
  outsideEffects: false,
});

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let worker: INestApplicationContext;
const told: [aggregate: string, version: number][] = [];

@Injectable()
class Statistics {
  @Handles(played)
  count({ facts, replayed }: FactDelivery): Promise<void> {
    for (const fact of facts) if (replayed) told.push([fact.aggregateId, fact.aggregateVersion]);
    return Promise.resolve();
  }
}

@Module({ providers: [Statistics] })
class StatisticsModule {}

// Each run is a process of its own that looks after its build first.
jest.setTimeout(60_000);

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  const queue = QueueModule.forRoot(queueConfig(redis.url));
  worker = await createTestContext(test.url, [queue, EventsModule, StatisticsModule]);
  worker.get(ReplayEvents).start();
  await test.query(`
    insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
    select gen_random_uuid(), case n when 1 then 'order.created' else 'order.changed' end, 'order', 'A', n, 'test', 'c', '{}'
      from generate_series(1, 3) n`);
  await test.query('truncate outbox');
});
afterAll(async () => {
  await worker.get(ReplayEvents).stop();
  await worker.close();
  await redis.close();
  await test.drop();
});

async function run(...args: string[]) {
  const env = { ...process.env, DATABASE_URL: test.url, NODE_OPTIONS: '' };
  const child = spawn(process.execPath, [cli, 'events', 'replay', ...args], { env });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, ...said };
}

describe('npm run visapi -- events replay', () => {
  it('only counts unless it is confirmed', async () => {
    const { status, stdout } = await run('order-statistics', '--type', 'order.changed');
    expect(stdout).toBe(
      'order.changed  2\n2 events for order-statistics\nNothing was told. --confirm tells it.\n',
    );
    expect(status).toBe(0);
    await expect(test.query('select from event_replays')).resolves.toEqual([]);
  });

  it('has a worker tell the history and watches until it has ended', async () => {
    const { status, stdout } = await run('order-statistics', '--confirm', '--reason', 'mended');
    expect(stdout).toMatch(/replay \S+ waits for a worker\ndone: 3 events\n$/);
    expect(status).toBe(0);
    expect(told).toEqual([1, 2, 3].map((version) => ['A', version]));
    await expect(test.query('select requested_by, reason from event_replays')).resolves.toEqual([
      { requested_by: 'cli', reason: 'mended' },
    ]);
  });

  it.each([
    [['nobody'], /known are .*order-statistics/],
    [['order-statistics', '--from', 'yesterday'], /--from is no time: yesterday/],
    [['order-statistics', '--rate', '0'], /whole number from 1 to 10000/],
    [['order-statistics', '--rebuild', '--aggregate', 'A'], /leave out aggregateId/],
  ])('says what would be right: %j', async (args, words) => {
    const { status, stderr } = await run(...args);
    expect(status).toBe(1);
    expect(stderr).toMatch(words);
  });
});
