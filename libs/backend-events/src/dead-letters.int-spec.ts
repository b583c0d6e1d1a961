import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Authenticator, createHttpApp } from '@visapi/backend-http';
import { AppError, SCOPES } from '@visapi/backend-kernel';
import { QueueModule } from '@visapi/backend-queue';
import { EventsRepository } from '@visapi/backend-repositories/events';
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
import { defineHandler, type FactDelivery, Handles } from './handler.js';
import { EventsHttpModule } from './http/events-http.module.js';
import { OutboxRelay } from './outbox-relay.js';

const policy = { attempts: 3, backoff: { firstMs: 1, maxMs: 2 }, outsideEffects: false } as const;
const fragile = defineHandler({
  ...policy,
  name: 'fragile',
  types: ['order.created', 'order.changed'],
  timeoutMs: 200,
});
const sound = defineHandler({ ...policy, name: 'sound', types: ['order.changed'] });

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let worker: INestApplicationContext;
let backend: Awaited<ReturnType<typeof createHttpApp>>;
/** What becomes of a fact when the fragile handler is told of it, by aggregate and version. */
let trouble = new Map<string, () => Promise<void>>();
let observed: string[] = [];

@Injectable()
class Handlers {
  @Handles(fragile)
  async takeOrBreak({ executor, facts }: FactDelivery): Promise<void> {
    await note('fragile', executor, facts);
    for (const fact of facts) await trouble.get(`${fact.aggregateId}${fact.aggregateVersion}`)?.();
  }

  @Handles(sound)
  async take({ executor, facts }: FactDelivery): Promise<void> {
    await note('sound', executor, facts);
  }
}

async function note(handler: string, executor: FactDelivery['executor'], facts: FactDelivery['facts']) {
  for (const { aggregateId, aggregateVersion: version } of facts)
    await executor
      .insertInto('noted' as never)
      .values({ handler, aggregateId, version })
      .execute();
}

@Module({ providers: [Handlers] })
class HandlersModule {}

beforeAll(async () => {
  test = await createTestDatabase();
  await test.query(
    'create table noted (id bigserial primary key, handler text, aggregate_id text, version integer)',
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
  trouble = new Map();
  observed = [];
  await test.query('truncate events, outbox, noted, handler_backlog, dead_letters');
  const queue = QueueModule.forRoot(queueConfig(redis.url));
  worker = await createTestContext(test.url, [queue, EventsModule, HandlersModule]);
});
afterEach(async () => {
  await worker.get(OutboxRelay).stop();
  await worker.close();
});
afterAll(async () => {
  await backend.close();
  await redis.close();
  await test.drop();
});

function start(): void {
  worker.get(OutboxRelay).start([], 10, (facts) => {
    observed.push(...facts.map((fact) => `${fact.aggregateId}${fact.aggregateVersion}`));
    return Promise.resolve();
  });
}

async function happen(...facts: readonly (readonly [aggregateId: string, version: number])[]): Promise<void> {
  for (const [aggregateId, aggregateVersion] of facts)
    await new EventsRepository().append(test.database.db, {
      ...{
        type: aggregateVersion === 1 ? 'order.created' : 'order.changed',
        aggregateType: 'order',
        aggregateId,
      },
      ...{ aggregateVersion, actor: 'test', correlationId: `c-${aggregateId}`, payload: {} },
    });
}

async function told(handler: string): Promise<string[]> {
  const rows = await test.query<{ told: string }>(
    'select aggregate_id || version as told from noted where handler = $1 order by id',
    [handler],
  );
  return rows.map((row) => row.told);
}

const letters = async () =>
  await test.query<{
    id: string;
    state: string;
    attempts: number;
    errors: { code: string; message: string }[];
  }>('select id, state, attempts, errors from dead_letters order by id');

async function ask(method: 'GET' | 'POST', url: string, payload?: object) {
  const answer = await backend.app.inject({ method, url: `/api/v1/${url}`, ...(payload ? { payload } : {}) });
  return { status: answer.statusCode, ...answer.json<{ data: unknown; error?: { message: string } }>() };
}

const breaks = (): Promise<void> => Promise.reject(new Error('value "Dana" of a row'));
const refuses = (): Promise<void> => Promise.reject(new AppError('unprocessable', 'It cannot be read.'));

/** Version 2 of P has become a dead letter, version 3 waits behind it. */
async function poison(): Promise<string> {
  trouble.set('P2', breaks);
  await happen(['P', 1], ['Q', 1], ['P', 2], ['Q', 2], ['P', 3]);
  start();
  const [letter] = await until(letters, (found) => found.length === 1);
  return letter?.id ?? '';
}

describe('a fact that a handler cannot take', () => {
  it('has its own tries and becomes a dead letter; other aggregates and other handlers do not notice', async () => {
    await poison();
    expect(await letters()).toMatchObject([{ state: 'open', attempts: 3 }]);
    expect((await letters())[0]?.errors.map(({ code }) => code)).toEqual(Array(3).fill('INTERNAL_ERROR'));
    expect(JSON.stringify(await letters())).not.toContain('Dana');
    expect((await told('fragile')).sort()).toEqual(['P1', 'Q1', 'Q2']);
    expect(await told('sound')).toEqual(['P2', 'Q2', 'P3']);
    await happen(['P', 4], ['Q', 3]);
    await until(
      async () => await told('sound'),
      (all) => all.length === 5,
    );
    await until(
      async () => await told('fragile'),
      (all) => all.includes('Q3'),
    );
    expect(await told('fragile')).not.toContain('P4');
    const { data } = await ask('GET', 'dead-letters?state=open&name=fragile&aggregateId=P');
    expect(data).toMatchObject([{ kind: 'handler', aggregateId: 'P', correlationId: 'c-P', attempts: 3 }]);
    expect((await ask('GET', 'dead-letters?name=sound')).data).toEqual([]);
  });

  it('is taken with all that waits behind it, in order, when an operator replays it', async () => {
    const id = await poison();
    trouble.clear();
    await expect(ask('POST', `dead-letters/${id}/replay`, { reason: 'mended' })).resolves.toMatchObject({
      status: 200,
      data: { state: 'replayed', resolvedBy: 'key:k1', reason: 'mended' },
    });
    const all = await until(
      async () => await told('fragile'),
      (seen) => seen.includes('P3'),
    );
    expect(all.filter((fact) => fact.startsWith('P'))).toEqual(['P1', 'P2', 'P3']);
    // Reads that show what it wrote follow: the observer is told again after each commit.
    expect(observed.filter((fact) => fact === 'P3').length).toBeGreaterThan(1);
    await expect(ask('POST', `dead-letters/${id}/replay`, { reason: 'again' })).resolves.toMatchObject({
      status: 409,
    });
    const [audit] = await test.query(
      `select actor, payload from events where type = 'operator.dead-letter-replayed'`,
    );
    expect(audit).toMatchObject({ actor: 'key:k1', payload: { reason: 'mended', name: 'fragile' } });
  });

  it('becomes a dead letter again when it still breaks', async () => {
    const id = await poison();
    await ask('POST', `dead-letters/${id}/replay`, { reason: 'perhaps now' });
    const both = await until(letters, (found) => found.length === 2);
    expect(both.map(({ state, attempts }) => [state, attempts])).toEqual([
      ['replayed', 3],
      ['open', 3],
    ]);
    expect(both[1]?.errors).toHaveLength(6);
  });

  it('is left out when an operator discards it; what waits behind it goes on', async () => {
    const id = await poison();
    await expect(
      ask('POST', `dead-letters/${id}/discard`, { reason: 'a test order' }),
    ).resolves.toMatchObject({
      data: { state: 'discarded', reason: 'a test order' },
    });
    const all = await until(
      async () => await told('fragile'),
      (seen) => seen.includes('P3'),
    );
    expect(all.filter((fact) => fact.startsWith('P'))).toEqual(['P1', 'P3']);
  });

  it('gets no further try when that would end the same', async () => {
    trouble.set('P1', refuses);
    await happen(['P', 1]);
    start();
    const [letter] = await until(letters, (found) => found.length === 1);
    expect(letter).toMatchObject({
      attempts: 1,
      errors: [{ code: 'UNPROCESSABLE', message: 'It cannot be read.' }],
    });
  });

  it('is taken at a later try when what was in its way is gone', async () => {
    let left = 2;
    trouble.set('P1', async () => {
      left -= 1;
      if (left >= 0) await breaks();
    });
    await happen(['P', 1], ['P', 2]);
    start();
    await expect(
      until(
        async () => await told('fragile'),
        (all) => all.length === 2,
      ),
    ).resolves.toEqual(['P1', 'P2']);
    expect(await letters()).toEqual([]);
  });

  it('holds up nobody when the handler does not come back', async () => {
    trouble.set('P1', async () => await new Promise(() => undefined));
    await happen(['P', 1]);
    start();
    await happen(['Q', 1], ['Q', 2]);
    await until(
      async () => await told('sound'),
      (all) => all.length === 1,
    );
    const [letter] = await until(letters, (found) => found.length === 1);
    expect(letter).toMatchObject({ attempts: 3, errors: Array(3).fill({ code: 'TIMEOUT' }) });
    await until(
      async () => await told('fragile'),
      (all) => all.length === 2,
    );
  });
});

describe('many dead letters', () => {
  it('are shown by a dry run and replayed at once, oldest first', async () => {
    for (const aggregate of ['A', 'B', 'C']) trouble.set(`${aggregate}1`, refuses);
    await happen(['A', 1], ['B', 1], ['C', 1]);
    start();
    await until(letters, (found) => found.length === 3);
    const wish = { reason: 'mended', name: 'fragile', dryRun: true };
    const dry = await ask('POST', 'dead-letters/replay', wish);
    expect(dry.data).toMatchObject({
      letters: [{ aggregateId: 'A' }, { aggregateId: 'B' }, { aggregateId: 'C' }],
    });
    expect((await letters()).map(({ state }) => state)).toEqual(['open', 'open', 'open']);
    trouble.clear();
    expect((await ask('POST', 'dead-letters/replay', { name: 'sound' })).data).toMatchObject({
      replayed: [],
    });
    const { data } = await ask('POST', 'dead-letters/replay', { reason: 'mended', kind: 'handler' });
    expect(data).toMatchObject({ replayed: (await letters()).map(({ id }) => id), refused: [], more: false });
    await expect(
      until(
        async () => (await told('fragile')).sort(),
        (all) => all.length === 3,
      ),
    ).resolves.toEqual(['A1', 'B1', 'C1']);
  });

  it('tell what is wrong with a question about them', async () => {
    await expect(ask('GET', 'dead-letters/0191c2d4-0000-7000-8000-000000000000')).resolves.toMatchObject({
      status: 404,
    });
    await expect(ask('GET', 'dead-letters/x')).resolves.toMatchObject({ status: 400 });
    await expect(ask('GET', 'dead-letters?status=open')).resolves.toMatchObject({ status: 400 });
  });

  it('are left alone by a call that cannot mean what it says', async () => {
    const id = await poison();
    for (const [address, body] of [
      [`dead-letters/${id}/replay?dryRun=true`, {}],
      [`dead-letters/${id}/discard?dryRun=true`, { reason: 'a test order' }],
      [`dead-letters/${id}/discard`, {}],
      ['dead-letters/replay?dryRun=maybe', { kind: 'job' }],
      ['dead-letters/replay', { kind: 'job', dryRun: 'maybe' }],
      ['dead-letters/replay', {}],
      ['dead-letters/replay', { reason: 'all of them' }],
    ] as const)
      await expect(ask('POST', address, body)).resolves.toMatchObject({ status: 400 });
    expect(await letters()).toMatchObject([{ state: 'open' }]);
  });
});
