import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type CountedOrders,
  OrderStatisticsRepository,
  OrderStatsRepository,
} from '@visapi/backend-repositories/orders';
import { createTestDatabase, plantRows, type TestDatabase } from '@visapi/backend-testing';
import fc from 'fast-check';
import { orderStatistics } from './order-statistics.js';
import { periodNames, type StatsRange, stepsOf } from './order-stats.js';

let test: TestDatabase;
const statistics = new OrderStatisticsRepository();
const stats = new OrderStatsRepository();

beforeAll(async () => {
  test = await createTestDatabase();
});
beforeEach(async () => await forget());
afterAll(async () => await test.drop());

const forget = async () =>
  await test.query(
    `truncate orders, counted_orders, order_counts, order_revenues, events, outbox, handler_backlog cascade`,
  );
const count = async (ids: readonly string[]) =>
  await test.database.db
    .transaction()
    .execute(async (transaction) => await statistics.count(transaction, ids));
const sums = async () => ({
  counts: await test.query(
    `select begins, respect, value, orders from order_counts where hours = 24 and orders <> 0 order by 1, 2, 3`,
  ),
  revenues: await test.query(
    `select hours, begins, currency, orders, priced, revenue::float8 from order_revenues where orders <> 0 order by 1, 2`,
  ),
});
const followed = { handler: orderStatistics.name, aggregateType: 'order', types: orderStatistics.types };

const from = Date.parse('2025-12-29T00:00:00Z');
const hourMs = 3_600_000;
const values = fc.record({
  branch: fc.constantFrom('il', 'co', 'unknown'),
  order_status: fc.option(fc.constantFrom('active', 'canceled')),
  product_country: fc.option(fc.constantFrom('india', 'הודו')),
  product_name: fc.option(fc.constantFrom('India eVisa', 'UK ETA', '')),
  currency: fc.option(fc.constantFrom('ILS', 'USD')),
  amount: fc.option(fc.constantFrom('0.1', '0.005', '498', '9007199254740993', '0')),
});
const hours = (most: number) => fc.integer({ min: -60, max: most * 60 }).map((minutes) => minutes / 60);
const order = fc.record({
  first: values,
  then: fc.option(values),
  known: fc.constantFrom('as it is', 'in the outbox', 'waiting', 'dead'),
  at: fc.oneof(hours(24 * 8), hours(24 * 80)),
});
const short = fc.record({
  period: fc.constantFrom(...periodNames),
  start: hours(24 * 5),
  hours: fc.option(fc.integer({ min: 1, max: 24 * 60 * 5 }).map((minutes) => minutes / 60)),
});
/** Of months, often to the hour at which one begins. */
const long = fc.record({
  period: fc.constantFrom(...periodNames.filter((name) => name !== 'day')),
  start: fc.oneof(hours(24 * 5), fc.constantFrom(0, 3 * 24, 34 * 24)),
  hours: fc.oneof(
    fc.integer({ min: 1, max: 24 * 60 * 75 }).map((minutes) => minutes / 60),
    fc.constantFrom(28 * 24, 31 * 24, 59 * 24),
  ),
});
/** From and to where spans of any length begin. */
const aligned = fc.record({
  period: fc.constantFrom(...periodNames),
  start: fc.integer({ min: -1, max: 100 }).map((times) => times * 4),
  hours: fc.integer({ min: 1, max: 200 }).map((times) => times * 4),
});
const range = fc.oneof(short, long, aligned);

const at = (hoursAfter: number) => new Date(from + hoursAfter * hourMs);
const sorted = (rows: readonly CountedOrders[]) =>
  rows
    .map(({ respect, value, currency, orders, revenue, average }) => {
      // Money says something of currencies and steps only.
      const money = ['currency', 'step'].includes(respect) ? [revenue, average] : [];
      return JSON.stringify([respect, value, currency, orders, ...money]);
    })
    .map((line) => line.replaceAll(/(\.\d+?)0+"/g, '$1"').replaceAll('.0"', '"'))
    .sort();

/** A wide change of one order, as a later delivery makes it. */
async function change(id: string, row: Readonly<Record<string, string | null>>): Promise<void> {
  const columns = Object.keys(row).map((column, index) => `${column} = $${index + 2}`);
  await test.query(`update orders set ${columns.join(', ')} where order_id = $1`, [
    id,
    ...Object.values(row),
  ]);
}

/** What is so but not counted: its fact is somewhere on its way. */
async function untell(id: string, known: string): Promise<void> {
  const [fact] = await test.query<{ position: string }>(
    `insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
     values (gen_random_uuid(), 'order.changed', 'order', $1, 1, 'test', 'c', '{}') returning position`,
    [id],
  );
  if (known === 'in the outbox') return;
  await test.query('delete from outbox');
  await test.query(
    `insert into handler_backlog (handler, position, aggregate_type, aggregate_id, replayed, state, attempts)
     values ($1, $2, 'order', $3, false, $4, 1)`,
    [orderStatistics.name, fact?.position, id, known],
  );
}

describe('the statistics of orders', () => {
  it('are the same from the sums as from every order, whatever came, changed, is untold and is asked', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(order, { maxLength: 25 }),
        fc.array(range, { minLength: 4, maxLength: 4 }),
        async (orders, ranges) => {
          await forget();
          const ids = orders.map((_, index) => `R${index}`);
          const planted = orders.map(({ first, at: when }, index) => {
            return { ...first, order_id: `R${index}`, created_at: at(when).toISOString() };
          });
          await plantRows(test, planted);
          await count(ids.slice(0, 10));
          for (const [index, { then }] of orders.entries()) if (then) await change(`R${index}`, then);
          const known = ids.filter((_, index) => orders[index]?.known === 'as it is');
          await count(known);
          await count(known.slice(5));
          // In this order: those in the outbox stay there.
          for (const way of ['waiting', 'dead', 'in the outbox'])
            for (const [index, { known }] of orders.entries())
              if (known === way) await untell(`R${index}`, way);
          for (const { period, start, hours: long } of ranges) {
            const to = long === null ? undefined : at(start + long);
            const asked: StatsRange = { period, from: at(start), ...(to && { to }) };
            const starts = stepsOf(asked, at(24 * 9));
            if (typeof starts === 'string') throw new Error(starts);
            const wanted = { starts, to: to ?? null };
            const quick = await stats.sum(test.database.db, wanted, followed);
            const slow = await stats.count(test.database.db, wanted);
            expect(sorted(quick)).toEqual(sorted(slow));
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);

  it('count each order once, however often and by however many at once they are told of it', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `C${index}`);
    const created_at = '2026-01-05T10:00:00Z';
    await plantRows(
      test,
      ids.map((order_id) => ({ order_id, currency: 'ILS', amount: '498', created_at })),
    );
    await Promise.all([count(ids), count([...ids].reverse()), count(ids.slice(20)), count(ids.slice(0, 20))]);
    await count(ids);
    const all = { currency: 'ILS', orders: 40, priced: 40, revenue: 40 * 498 };
    expect((await sums()).revenues).toEqual([
      { ...all, hours: 1, begins: new Date(created_at) },
      { ...all, hours: 24, begins: new Date('2026-01-05') },
    ]);
  });

  it('follow an order that changed, and forget what it was', async () => {
    await plantRows(test, [
      { order_id: 'F1', currency: 'ILS', amount: '1', created_at: '2026-01-05T23:59:59.999999Z' },
    ]);
    await count(['F1']);
    await change('F1', { currency: 'USD', amount: null, branch: 'co' });
    await count(['F1']);
    const day = { begins: new Date('2026-01-05'), orders: 1 };
    await expect(sums()).resolves.toEqual({
      counts: [
        { ...day, respect: 'branch', value: 'co' },
        { ...day, respect: 'country', value: null },
        { ...day, respect: 'product', value: null },
        { ...day, respect: 'status', value: null },
      ],
      revenues: [
        {
          ...day,
          hours: 1,
          begins: new Date('2026-01-05T23:00:00Z'),
          currency: 'USD',
          priced: 0,
          revenue: 0,
        },
        { ...day, hours: 24, currency: 'USD', priced: 0, revenue: 0 },
      ],
    });
  });

  it('are empty after a reset, and lose nothing that is counted meanwhile', async () => {
    await plantRows(test, [
      { order_id: 'A', created_at: '2026-01-05T00:00:00Z' },
      { order_id: 'B', created_at: '2026-01-05T00:00:00Z' },
    ]);
    await count(['A']);
    let counting: Promise<void> | undefined;
    await test.database.db.transaction().execute(async (transaction) => {
      await statistics.reset(transaction);
      counting = count(['B']);
    });
    await counting;
    const counts = await test.query(`select orders from order_counts where respect = 'branch'`);
    expect(counts).toEqual([4, 24, 144, 864].map(() => ({ orders: 1 })));
    await expect(test.query('select order_id from counted_orders')).resolves.toEqual([{ order_id: 'B' }]);
  });
});
