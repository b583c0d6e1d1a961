import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CacheModule, keys } from '@visapi/backend-cache';
import { Authenticator } from '@visapi/backend-http';
import { BatchOperationsModule } from '@visapi/backend-repositories';
import { BatchOperationsService } from '@visapi/backend-repositories/batch';
import {
  createTestContext,
  createTestDatabase,
  quietProcess,
  takeTestRedis,
  type TestDatabase,
  until,
} from '@visapi/backend-testing';
import type { FastifyRequest } from 'fastify';
import { seedApiKeys } from '../seed.js';
import { AccessModule } from './access-http.module.js';

const pepper = 'pepper-of-a-test';
const names = ['shop', 'tool', 'partner'];
const cache = { redisUrl: undefined, ttlDefault: 300, ttlAuth: 900 };
const never = 3_600_000;

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
const open: INestApplicationContext[] = [];

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  const list = names.map((name) => ({ name, key: `${name}.s3cret`, scopes: [] }));
  await seedApiKeys({ databaseUrl: test.ownerUrl, pepper, keys: list });
  await test.query(`create table written (by text, at timestamptz default clock_timestamp())`);
  await test.query(`create function note_write() returns trigger language plpgsql security definer as
    $$ begin insert into public.written values (tg_table_name); return null; end $$`);
  await test.query(
    `create trigger noted after update on api_keys for each statement execute function note_write()`,
  );
});
beforeEach(async () => {
  await test.query(`update api_keys set use_count = 0, last_used_at = null`);
  await test.query(`truncate written, events`);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});
afterAll(async () => {
  await redis.close();
  await test.drop();
});

async function startBackend(flushEveryMs = never) {
  const modules = [
    CacheModule.forRoot(cache, { url: redis.url, publicUrl: undefined }, keys),
    BatchOperationsModule.forRoot(flushEveryMs),
    AccessModule.forRoot({ pepper, keyExpiryDays: 90 }, quietProcess),
  ];
  const app = await createTestContext(test.url, modules);
  open.push(app);
  const authenticator = app.get(Authenticator);
  const ask = async (name: string) =>
    await authenticator.authenticate({
      headers: { 'x-api-key': `${name}.s3cret` },
    } as unknown as FastifyRequest);
  return { app, ask, batches: app.get(BatchOperationsService) };
}

const used = async () =>
  await test.query<{ prefix: string; count: string; last: Date | null }>(
    `select prefix, use_count as count, last_used_at as last from api_keys order by prefix`,
  );
const counts = async () => (await used()).map(({ prefix, count }) => [prefix, Number(count)]);
const told = async () =>
  await test.query<{ id: string; version: number; payload: Record<string, unknown> }>(
    `select aggregate_id as id, aggregate_version as version, payload from events where type = 'api-key.used' order by position`,
  );

describe('uses of API keys', () => {
  it('cost one statement for 10,000 requests, however many keys they used', async () => {
    const { ask, batches } = await startBackend();
    const before = Date.now();
    for (let index = 0; index < 10_000; index += 1) await ask(names[index % 3] ?? '');
    expect(await test.query('select from written')).toEqual([]);
    await batches.flushKeyUses();
    const writes = await test.query('select from written');
    process.stdout.write(
      `10,000 authenticated requests: ${writes.length} write, ${10_000 - writes.length} saved\n`,
    );
    expect(writes).toHaveLength(1);
    expect(await counts()).toEqual([
      ['partner', 3_333],
      ['shop', 3_334],
      ['tool', 3_333],
    ]);
    for (const { last } of await used()) expect(last?.getTime()).toBeGreaterThanOrEqual(before);
  });

  it('are told to the history once per key and flush, with their number, never per request', async () => {
    const { ask, batches } = await startBackend();
    for (const name of ['shop', 'shop', 'tool']) await ask(name);
    await batches.flushKeyUses();
    await ask('shop');
    await batches.flushKeyUses();
    const events = await told();
    for (const { payload } of events)
      expect(payload).toEqual({
        count: expect.any(Number),
        firstUsedAt: expect.any(String),
        lastUsedAt: expect.any(String),
      });
    expect(events.map(({ payload }) => payload['count']).toSorted()).toEqual([1, 1, 2]);
    const shop = events.filter(({ id }) => id === events.at(-1)?.id);
    expect(shop).toHaveLength(2);
    expect((shop[1]?.version ?? 0) - (shop[0]?.version ?? 0)).toBe(1);
  });

  it('cost nothing when there were none', async () => {
    const { batches } = await startBackend();
    await batches.flushKeyUses();
    expect(await test.query('select from written')).toEqual([]);
    expect(await told()).toEqual([]);
  });

  it('of several backends add up, and the latest of them is the last', async () => {
    const backends = await Promise.all([startBackend(), startBackend(), startBackend()]);
    for (let round = 0; round < 5; round += 1) {
      for (const { ask } of backends) for (const name of names) await ask(name);
      await Promise.all(backends.map(({ batches }) => batches.flushKeyUses()));
    }
    expect(await counts()).toEqual(names.toSorted().map((name) => [name, 15]));
    const [late] = await test.query<{ id: string }>(`select id from api_keys where prefix = 'shop'`);
    await test.query(`update api_keys set last_used_at = '2999-01-01T00:00:00Z' where id = $1`, [late?.id]);
    await backends[0]?.ask('shop');
    await backends[0]?.batches.flushKeyUses();
    expect((await used()).find(({ prefix }) => prefix === 'shop')?.last?.getUTCFullYear()).toBe(2999);
  });

  it('that could not be written down are kept for the next time', async () => {
    const { ask, batches } = await startBackend();
    await ask('shop');
    await test.query(`alter table api_keys add constraint broken check (use_count < 1)`);
    await batches.flushKeyUses();
    expect(await told()).toEqual([]);
    await ask('shop');
    await ask('tool');
    await test.query(`alter table api_keys drop constraint broken`);
    await batches.flushKeyUses();
    expect(await counts()).toEqual([
      ['partner', 0],
      ['shop', 2],
      ['tool', 1],
    ]);
    expect(await told()).toHaveLength(2);
  });

  it('of a key that is gone are forgotten without harm to the others', async () => {
    const { batches, ask } = await startBackend();
    batches.noteKeyUse('00000000-0000-4000-8000-000000000000', new Date());
    await ask('tool');
    await batches.flushKeyUses();
    expect(await told()).toHaveLength(1);
  });

  it('are written down by themselves, and what is left when the process ends', async () => {
    const first = await startBackend(20);
    await first.ask('shop');
    await until(counts, (rows) => rows.some(([name, count]) => name === 'shop' && count === 1));
    const second = await startBackend();
    await second.ask('tool');
    await second.app.close();
    expect(await counts()).toContainEqual(['tool', 1]);
  });

  it('of wrong keys are not counted', async () => {
    const { ask, batches } = await startBackend();
    await expect(ask('nobody')).rejects.toMatchObject({ category: 'unauthenticated' });
    await batches.flushKeyUses();
    expect(await told()).toEqual([]);
  });
});
