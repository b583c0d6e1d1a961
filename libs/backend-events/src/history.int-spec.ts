import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createTestContext,
  createTestDatabase,
  plantOrder,
  type TestDatabase,
  until,
} from '@visapi/backend-testing';
import pg from 'pg';
import { SealEvents } from './commands/seal-events.command.js';
import { HistoryModule } from './history.module.js';
import { GetEvents } from './queries/get-events.query.js';
import { VerifyHistory } from './queries/verify-history.query.js';

let test: TestDatabase;
let app: INestApplicationContext;
beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [HistoryModule]);
});
beforeEach(async () => {
  await test.query('delete from event_seals');
  await test.query('delete from events; delete from outbox');
  await test.query(`update event_horizon set safe_position = 0, pending_position = 0`);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

const seal = async () => await app.get(CommandBus).execute(new SealEvents());
const verify = async () => await app.get(QueryBus).execute(new VerifyHistory());

/** As if the time between two looks had passed. */
async function later(): Promise<void> {
  await test.query(`update event_horizon set pending_at = now() - interval '1 minute'`);
}

/** Two looks at least: the first asks, the second finds that all who might still write have ended. */
async function look(): Promise<number> {
  const made: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    await later();
    made.push(...(await seal()).map(({ events }) => events));
  }
  return made.reduce((sum, events) => sum + events, 0);
}

/** Until nothing is left: transactions of other tests on the same server hold the horizon back as well. */
async function sealAll(): Promise<number> {
  let sealed = await look();
  await until(
    async () => {
      const rows = await test.query(
        'select from events where position > coalesce((select max(last_position) from event_seals), 0)',
      );
      if (rows.length > 0) sealed += await look();
      return rows.length;
    },
    (left) => left === 0,
  );
  return sealed;
}

async function happen(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await plantOrder(test);
}

describe('the seals on the history', () => {
  it('cover everything that happened, in order, each event once', async () => {
    await happen(5);
    await expect(sealAll()).resolves.toBe(5);
    await happen(2);
    await expect(sealAll()).resolves.toBe(2);
    await expect(sealAll()).resolves.toBe(0);
    await expect(verify()).resolves.toEqual({ seals: 2, events: 7, broken: [] });
  });

  it('leave out what a running transaction may still write before', async () => {
    const slow = new pg.Client({ connectionString: test.ownerUrl });
    await slow.connect();
    try {
      await slow.query('begin');
      await slow.query(`insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
        values (gen_random_uuid(), 'order.created', 'order', 'SLOW', 1, 'test', 'c', '{}')`);
      await happen(3);
      await expect(look()).resolves.toBe(0);
      await slow.query('commit');
      await expect(sealAll()).resolves.toBe(4);
      await expect(verify()).resolves.toMatchObject({ events: 4, broken: [] });
    } finally {
      await slow.end();
    }
  });

  it('are made by one sealer at a time', async () => {
    await happen(4);
    await later();
    await seal();
    await later();
    const made = (await Promise.all([seal(), seal(), seal()])).flat();
    await sealAll();
    expect(made.length).toBeLessThanOrEqual(1);
    await expect(verify()).resolves.toMatchObject({ events: 4, broken: [] });
  });

  it.each([
    [
      'a changed payload',
      `update events set payload = '{"reason":"another"}' where position = (select min(position) from events)`,
      'changed',
    ],
    [
      'a changed actor',
      `update events set actor = 'key:somebody-else' where position = (select max(position) from events)`,
      'changed',
    ],
    [
      'an address put to an event that had none',
      `update events set ip = '203.0.113.9' where position = (select min(position) from events)`,
      'changed',
    ],
    [
      'a changed time',
      `update events set occurred_at = occurred_at + interval '1 microsecond' where position = (select max(position) from events)`,
      'changed',
    ],
    [
      'an event that is gone',
      'delete from events where position = (select min(position) from events)',
      '1 of 3 events are gone',
    ],
    [
      'an event that was added',
      `insert into events (position, id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
       overriding system value select min(position) - 1, gen_random_uuid(), 'order.created', 'order', 'NEW', 1, 'a', 'c', '{}' from events`,
      '1 events were added',
    ],
    ['a changed seal', `update event_seals set hash = sha256('x') where sequence = 1`, 'changed'],
    ['a seal that is gone', 'delete from event_seals where sequence = 1', 'is gone'],
  ])('show %s', async (_name, tampering, problem) => {
    await happen(3);
    await sealAll();
    await happen(3);
    await sealAll();
    await expect(verify()).resolves.toMatchObject({ broken: [] });
    await test.query(tampering);
    const { broken } = await verify();
    expect(broken.map((seal) => seal.problem).join()).toContain(problem);
  });

  it.each([
    ['another', `'203.0.113.9'`],
    ['none', 'null'],
  ])('show that an address was changed to %s', async (_name, address) => {
    await happen(2);
    await test.query(
      `update events set ip = '203.0.113.7' where position = (select max(position) from events)`,
    );
    await sealAll();
    await expect(verify()).resolves.toMatchObject({ events: 2, broken: [] });
    await test.query(`update events set ip = ${address} where ip is not null`);
    const { broken } = await verify();
    expect(broken).toMatchObject([{ problem: 'an event or the seal was changed' }]);
  });

  it('that were made before events had an address stand', async () => {
    await happen(2);
    // The digest as it was then, word for word.
    await test.query(`insert into event_seals (sequence, first_position, last_position, events, previous_hash, hash)
      select 1, min(e.position), max(e.position), count(*), '', sha256(string_agg(sha256(convert_to(jsonb_build_array(
        e.position, e.id, e.type, e.aggregate_type, e.aggregate_id, e.aggregate_version, e.actor, e.correlation_id,
        e.payload, extract(epoch from e.occurred_at)::text)::text, 'UTF8')), ''::bytea order by e.position))
      from events e`);
    await expect(verify()).resolves.toEqual({ seals: 1, events: 2, broken: [] });
    await happen(1);
    await sealAll();
    await expect(verify()).resolves.toEqual({ seals: 2, events: 3, broken: [] });
  });
});

describe('reading the history', () => {
  it('filters by what happened, to what, by whom and when, and says what is sealed', async () => {
    const { orderId } = await plantOrder(test);
    await sealAll();
    await happen(2);
    const page = { kind: 'cursor', after: null, perPage: 10 } as const;
    const read = async (filter: object) =>
      (await app.get(QueryBus).execute(new GetEvents(filter, page))).items;
    await expect(read({})).resolves.toMatchObject([
      { isSealed: false },
      { isSealed: false },
      { isSealed: true },
    ]);
    await expect(read({ aggregateType: 'order', aggregateId: orderId })).resolves.toMatchObject([
      { type: 'order.created', aggregateId: orderId, isSealed: true },
    ]);
    await expect(read({ type: 'order.*' })).resolves.toHaveLength(3);
    await expect(read({ type: 'order' })).resolves.toEqual([]);
    await expect(read({ type: 'operator.*' })).resolves.toEqual([]);
    await expect(read({ actor: 'test' })).resolves.toHaveLength(3);
    await expect(read({ from: new Date(Date.now() + 60_000) })).resolves.toEqual([]);
  });
});
