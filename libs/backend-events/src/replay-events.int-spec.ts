import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Authenticator, createHttpApp } from '@visapi/backend-http';
import { SCOPES } from '@visapi/backend-kernel';
import { QueueModule } from '@visapi/backend-queue';
import type { Executor } from '@visapi/backend-repositories';
import { EventReplaysRepository, EventsRepository } from '@visapi/backend-repositories/events';
import {
  createTestContext,
  createTestDatabase,
  provideGlobally,
  queueConfig,
  quietLog,
  quietProcess,
  takeTestRedis,
  type TestDatabase,
  testRoot,
  until,
} from '@visapi/backend-testing';
import { EventsModule } from './events.module.js';
import { defineHandler, type FactDelivery, Handles, Resets } from './handler.js';
import { EventsHttpModule } from './http/events-http.module.js';
import { OutboxRelay } from './outbox-relay.js';
import { ReplayEvents } from './replay-events.timer.js';

const policy = { attempts: 3, backoff: { firstMs: 1, maxMs: 2 } } as const;
const both = ['order.created', 'order.changed'] as const;
const totals = defineHandler({
  ...policy,
  name: 'totals',
  types: both,
  outsideEffects: false,
  rebuildable: true,
});
const mailer = defineHandler({ ...policy, name: 'mailer', types: ['order.created'], outsideEffects: true });

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let workers: INestApplicationContext[] = [];
let backend: Awaited<ReturnType<typeof createHttpApp>>;
let breakAt: string | undefined;
let resetBreaks = false;

@Injectable()
class Handlers {
  /** Writes how often it was told, and forgets it when it begins anew. */
  @Handles(totals)
  async count({ executor, facts, replayed }: FactDelivery): Promise<void> {
    for (const { aggregateId, aggregateVersion: version } of facts) {
      if (breakAt === `${aggregateId}${version}`) throw new Error('breaks');
      await executor
        .insertInto('noted' as never)
        .values({ aggregateId, version, replayed })
        .execute();
    }
  }

  @Resets(totals)
  async forget(executor: Executor): Promise<void> {
    if (resetBreaks) throw new Error('breaks');
    await executor.deleteFrom('noted' as never).execute();
  }

  @Handles(mailer)
  mail(): Promise<void> {
    return Promise.resolve();
  }
}

@Module({ providers: [Handlers] })
class HandlersModule {}

beforeAll(async () => {
  test = await createTestDatabase();
  await test.query(
    `create table noted (id bigserial primary key, aggregate_id text, version integer, replayed boolean,
      began_at timestamptz default now(), written_at timestamptz default clock_timestamp())`,
  );
  await test.query('grant all on noted to visapi_app; grant usage on noted_id_seq to visapi_app');
  redis = await takeTestRedis();
  const everyone = { kind: 'api-key', id: 'k1', label: 'k1', scopes: new Set(SCOPES) };
  const known = new Map([[Authenticator, { authenticate: () => Promise.resolve(everyone) }]]);
  const http = { port: 0, host: '127.0.0.1', reusePort: false };
  const root = testRoot(test.url, [provideGlobally(known), EventsHttpModule]);
  backend = await createHttpApp(root, { http, process: quietProcess }, quietLog);
});
beforeEach(async () => {
  breakAt = undefined;
  resetBreaks = false;
  await test.query('truncate events, outbox, noted, handler_backlog, dead_letters, event_replays');
});
afterEach(async () => {
  for (const worker of workers) {
    await worker.get(ReplayEvents).stop();
    await worker.get(OutboxRelay).stop();
    await worker.close();
  }
  workers = [];
});
afterAll(async () => {
  await backend.close();
  await redis.close();
  await test.drop();
});

/** @param strike stands in the way of each batch's last step */
async function startWorker(
  strike?: (executor: Executor) => Promise<void>,
  only?: 'replays alone',
): Promise<void> {
  const queue = QueueModule.forRoot(queueConfig(redis.url, { batchSize: 100 }));
  const worker = await createTestContext(test.url, [queue, EventsModule, HandlersModule]);
  workers.push(worker);
  const replays = worker.get(EventReplaysRepository);
  const advance = replays.advance.bind(replays);
  replays.advance = async (executor, ...rest) => {
    await advance(executor, ...rest);
    await strike?.(executor);
  };
  if (!only) worker.get(OutboxRelay).start([], 100);
  worker.get(ReplayEvents).start();
}

/** @param versions of each of so many aggregates */
async function happen(aggregates: number, versions: number): Promise<void> {
  await test.query(
    `insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
     select gen_random_uuid(), case version when 1 then 'order.created' else 'order.changed' end, 'order', 'A' || aggregate,
       version, 'test', 'c', '{}' from generate_series(1, $2::int) version, generate_series(1, $1::int) aggregate
     order by version, aggregate`,
    [aggregates, versions],
  );
}

const told = async (replayed: boolean) =>
  await test.query<{ aggregate: string; versions: number[] }>(
    `select aggregate_id as aggregate, array_agg(version order by id) as versions from noted where replayed = $1
     group by 1 order by 1`,
    [replayed],
  );
const live = async () => (await told(false)).reduce((sum, { versions }) => sum + versions.length, 0);

async function ask(method: 'GET' | 'POST', url: string, payload?: object) {
  const answer = await backend.app.inject({ method, url: `/api/v1/${url}`, ...(payload ? { payload } : {}) });
  return {
    status: answer.statusCode,
    ...answer.json<{
      data: { id: string; state: string; handled: number };
      error?: { details?: { path: string; message: string }[] };
    }>(),
  };
}
const replay = async (body: object) => await ask('POST', 'events/replay', body);
const begin = async (body: object) =>
  (await replay({ handler: 'totals', dryRun: false, reason: 'test', ...body })).data.id;
const ended = async (id: string) =>
  (
    await until(
      async () => await ask('GET', `events/replays/${id}`),
      ({ data }) => data.state !== 'running',
      30_000,
    )
  ).data;

describe('a replay of the history', () => {
  it('is a dry run unless said otherwise, and tells what it would tell', async () => {
    await happen(3, 2);
    const { data } = await replay({ handler: 'totals' });
    expect(data).toMatchObject({
      handler: 'totals',
      events: 6,
      byType: { 'order.created': 3, 'order.changed': 3 },
    });
    await expect(replay({ handler: 'totals', aggregateId: 'A1' })).resolves.toMatchObject({
      data: { events: 2 },
    });
    await expect(replay({ handler: 'totals', types: ['order.created'] })).resolves.toMatchObject({
      data: { events: 3 },
    });
    await expect(replay({ handler: 'totals', to: '2020-01-01T00:00:00Z' })).resolves.toMatchObject({
      data: { events: 0, firstPosition: null },
    });
    expect(await test.query('select from event_replays')).toEqual([]);
  });

  it('tells a handler the facts again, in order', async () => {
    await happen(2, 3);
    await startWorker();
    await until(live, (count) => count === 6);
    const done = await ended(await begin({ types: ['order.changed'] }));
    expect(done).toMatchObject({
      state: 'done',
      handled: 4,
      total: 4,
      requestedBy: 'key:k1',
      reason: 'test',
    });
    expect(await told(true)).toEqual([
      { aggregate: 'A1', versions: [2, 3] },
      { aggregate: 'A2', versions: [2, 3] },
    ]);
    const [audit] = await test.query(`select payload from events where type = 'operator.replay-started'`);
    expect(audit).toMatchObject({
      payload: { reason: 'test', handler: 'totals', rebuild: false, events: 4 },
    });
  });

  it('tells none of what the relay is going to tell', async () => {
    await happen(2, 2);
    await test.query('delete from outbox where position in (select position from outbox order by 1 limit 2)');
    await startWorker(undefined, 'replays alone');
    await expect(ended(await begin({}))).resolves.toMatchObject({ state: 'done', handled: 4 });
    expect((await told(true)).map(({ versions }) => versions)).toEqual([[1], [1]]);
    workers[0]?.get(OutboxRelay).start([], 100);
    await until(live, (count) => count === 2);
    expect((await told(false)).map(({ versions }) => versions)).toEqual([[2], [2]]);
  });

  it('goes on without gap or doubled fact where a crash left it', async () => {
    await happen(7, 100);
    let left = 3;
    const strike = async (executor: Executor): Promise<void> => {
      left -= 1;
      if (left < 0) return;
      const [row] = await executor
        .selectNoFrom((each) => each.fn<number>('pg_backend_pid', []).as('pid'))
        .execute();
      await test.query('select pg_terminate_backend($1)', [row?.pid]);
    };
    await startWorker(strike);
    await startWorker(strike);
    await until(live, (count) => count === 700);
    const done = await ended(await begin({ ratePerSecond: 10_000 }));
    expect(left).toBeLessThan(0);
    expect(done).toMatchObject({ state: 'done', handled: 700 });
    const upTo100 = Array.from({ length: 100 }, (_none, index) => index + 1);
    expect((await told(true)).map(({ versions }) => versions)).toEqual(Array(7).fill(upTo100));
  });

  it('keeps to its rate, can be cancelled and goes on where it was', async () => {
    // Five batches, of which the third is due a second after the second: there is time to cancel before the last.
    await happen(1, 90);
    await startWorker();
    await until(live, (count) => count === 90);
    const id = await begin({ ratePerSecond: 20 });
    await until(
      async () => await ask('GET', `events/replays/${id}`),
      ({ data }) => data.handled >= 40,
    );
    await expect(ask('POST', `events/replays/${id}/cancel`, { reason: 'enough' })).resolves.toMatchObject({
      data: { state: 'cancelled' },
    });
    await expect(ask('POST', `events/replays/${id}/cancel`, {})).resolves.toMatchObject({ status: 409 });
    await ask('POST', `events/replays/${id}/resume`, { reason: 'after all' });
    await expect(ended(id)).resolves.toMatchObject({ state: 'done', handled: 90 });
    expect((await told(true))[0]?.versions).toEqual(Array.from({ length: 90 }, (_none, index) => index + 1));
    // Whatever we saw of it, and when: a batch is a transaction, and the next one begins a second after it.
    const batches = await test.query<{ facts: number; first: Date; last: Date }>(
      `select count(*)::int as facts, min(written_at) as first, max(written_at) as last from noted where replayed
       group by began_at order by began_at`,
    );
    expect(batches.map(({ facts }) => facts)).toEqual([20, 20, 20, 20, 10]);
    expect(Number(batches[1]?.first) - Number(batches[0]?.last)).toBeGreaterThan(990);
    const types = await test.query<{ type: string }>(
      `select type from events where aggregate_type = 'replay' order by position`,
    );
    expect(types.map(({ type }) => type.replace('operator.replay-', ''))).toEqual([
      'started',
      'cancelled',
      'resumed',
    ]);
  });

  it('puts what its handler cannot take behind its own tries, like anything else', async () => {
    await happen(2, 3);
    await startWorker();
    await until(live, (count) => count === 6);
    breakAt = 'A12';
    await expect(ended(await begin({}))).resolves.toMatchObject({ state: 'done' });
    await until(
      async () => await test.query('select from dead_letters'),
      (letters) => letters.length === 1,
    );
    expect(await told(true)).toEqual([
      { aggregate: 'A1', versions: [1] },
      { aggregate: 'A2', versions: [1, 2, 3] },
    ]);
  });
});

describe('a rebuild', () => {
  it('begins from nothing, and counts what happens meanwhile once', async () => {
    await happen(20, 50);
    await startWorker();
    await startWorker();
    await until(live, (count) => count === 1_000, 30_000);
    const id = await begin({ rebuild: true, ratePerSecond: 10_000 });
    const replays = new EventReplaysRepository();
    for (let version = 51; version <= 60; version += 1)
      await new EventsRepository().append(test.database.db, {
        ...{ type: 'order.changed', aggregateType: 'order', aggregateId: 'A3', aggregateVersion: version },
        ...{ actor: 'test', correlationId: 'c', payload: {} },
      });
    await ended(id);
    await expect(replays.isRebuilding(test.database.db, 'totals')).resolves.toBe(false);
    await until(
      async () => await test.query('select from outbox'),
      (open) => open.length === 0,
    );
    const seen = await test.query<{ aggregate: string; versions: string }>(
      `select aggregate_id as aggregate, count(distinct version) as versions from noted group by 1`,
    );
    expect(seen).toHaveLength(20);
    for (const { aggregate, versions } of seen) expect(Number(versions)).toBe(aggregate === 'A3' ? 60 : 50);
  });

  it('says that it is incomplete from its beginning to its end, also when it is cancelled between', async () => {
    const replays = new EventReplaysRepository();
    const isRebuilding = async () => await replays.isRebuilding(test.database.db, 'totals');
    await happen(1, 5);
    await expect(isRebuilding()).resolves.toBe(false);
    await startWorker();
    await until(live, (count) => count === 5);
    const id = await begin({ rebuild: true, ratePerSecond: 1 });
    await until(isRebuilding, Boolean);
    await ask('POST', `events/replays/${id}/cancel`, {});
    await expect(isRebuilding()).resolves.toBe(true);
    await test.query('update event_replays set rate_per_second = 1000');
    await ask('POST', `events/replays/${id}/resume`, {});
    await ended(id);
    await expect(isRebuilding()).resolves.toBe(false);
  });

  it('that cannot begin is told as failed, and nothing is forgotten', async () => {
    await happen(1, 2);
    await startWorker();
    await until(live, (count) => count === 2);
    resetBreaks = true;
    await expect(ended(await begin({ rebuild: true }))).resolves.toMatchObject({
      state: 'failed',
      handled: 0,
    });
    await expect(live()).resolves.toBe(2);
  });
});

describe('a replay is refused', () => {
  it.each([
    ['of a handler that nobody knows', { handler: 'nobody' }, 'handler', /known are mailer, totals/],
    [
      'of types that the handler does not want',
      { handler: 'mailer', types: ['order.changed'] },
      'types',
      /wants order.created/,
    ],
    ['of a handler with outside effects', { handler: 'mailer', dryRun: false }, 'force', /"force": true/],
    [
      'of outside effects without a reason',
      { handler: 'mailer', dryRun: false, force: true },
      'reason',
      /must say why/,
    ],
    [
      'from nothing where the handler cannot',
      { handler: 'mailer', rebuild: true },
      'rebuild',
      /cannot begin from nothing/,
    ],
    [
      'from nothing but in part',
      { handler: 'totals', rebuild: true, aggregateId: 'A' },
      'rebuild',
      /leave out aggregateId/,
    ],
  ])('%s', async (_name, body, path, message) => {
    const { status, error } = await replay(body);
    expect(status).toBe(422);
    expect(error?.details).toEqual([{ path, message: expect.stringMatching(message) }]);
  });

  it('while another one of the handler runs', async () => {
    await begin({});
    await expect(replay({ handler: 'totals', dryRun: false })).resolves.toMatchObject({ status: 409 });
  });

  it.each([
    {},
    { handler: 'totals', ratePerSecond: 0 },
    { handler: 'totals', since: 'x' },
    { handler: 'totals', from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' },
  ])('when it cannot be understood: %j', async (body) => {
    await expect(replay(body)).resolves.toMatchObject({ status: 400 });
  });

  it('when its address says what only its body can', async () => {
    const asked = ask('POST', 'events/replay?dryRun=true', { handler: 'totals', dryRun: false });
    await expect(asked).resolves.toMatchObject({ status: 400 });
    expect((await ask('GET', 'events/replays')).data).toEqual([]);
  });
});
