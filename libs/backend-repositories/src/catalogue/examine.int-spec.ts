import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import { sql } from 'kysely';
import pg from 'pg';
import type { Executor } from '../db/database.js';
import { type Examined, examine } from './examine.js';
import { grow } from './grow.js';

const orders = 20_000;
let test: TestDatabase;
let examined: Examined[];

beforeAll(async () => {
  test = await createTestDatabase();
  const owner = new pg.Client({ connectionString: test.ownerUrl });
  await owner.connect();
  try {
    await grow(async (text) => (await owner.query<Record<string, unknown>>(text)).rows, orders);
  } finally {
    await owner.end();
  }
  examined = await examine(test.database, orders);
}, 120_000);
afterAll(async () => {
  await test.drop();
});

describe('every query among 20,000 orders', () => {
  it('can be run as the application, reads the indexes it was given and no table of its own accord', () => {
    const wrong = examined.filter(({ faults }) => faults.length > 0);
    expect(
      wrong.map(({ name, asks, nth, planned, faults }) => ({ name, asks, nth, planned, faults })),
    ).toEqual([]);
  });

  it('is told of when it goes through a table', async () => {
    await test.query('drop index orders_client_phone_idx');
    const again = await examine(test.database, orders, (name) => name === 'newestOrderOfPhone');
    const faults = again.flatMap((one) => one.faults);
    expect(faults).toEqual(
      expect.arrayContaining([
        'does not read orders_client_phone_idx',
        expect.stringMatching(/rows of orders were read in vain/),
      ]),
    );
  });

  it('leaves nothing behind that it wrote', async () => {
    const made = await test.query(`select order_id from orders where order_id = 'ILSAMPLE'`);
    const claims = await test.query(`select id from effects where claimed_at > now()`);
    expect([...made, ...claims]).toEqual([]);
  });
});

describe('a search sorted by a column', () => {
  it.each([
    ['createdAt', 'orders_created_at_idx'],
    ['processedAt', 'orders_processed_at_idx'],
    ['amount', 'orders_amount_idx'],
  ])('by %s takes a page from its index, in both directions', (field, index) => {
    const pages = examined.filter(({ asks, nth }) => nth === 1 && asks?.startsWith(`sorted by ${field} `));
    expect(pages.map(({ taken }) => taken?.reads)).toEqual([[index], [index]]);
    for (const { taken } of pages) expect(taken?.scans[0]?.found).toBe(20);
  });
});

describe('a report', () => {
  it('leaves the planner options of the connections as they were', async () => {
    const option = async (executor: Executor) => await sql<object>`show enable_seqscan`.execute(executor);
    const within = await test.database.report(option);
    expect(within.rows).toEqual([{ enableSeqscan: 'on' }]);
    const after = await Promise.all(Array.from({ length: 4 }, async () => await option(test.database.db)));
    for (const { rows } of after) expect(rows).toEqual([{ enableSeqscan: 'off' }]);
  });

  it('cannot write', async () => {
    const write = async (executor: Executor) =>
      await executor.updateTable('orders').set({ branch: 'x' }).execute();
    await expect(test.database.report(write)).rejects.toMatchObject({ code: '25006' });
  });
});
