import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessModule } from '@visapi/backend-access/http';
import { seedApiKeys } from '@visapi/backend-access/seed';
import { createHttpApp } from '@visapi/backend-http';
import type { Executor } from '@visapi/backend-repositories';
import { OrderStatisticsRepository } from '@visapi/backend-repositories/orders';
import {
  createTestDatabase,
  type PlantedRow,
  plantRows,
  quietLog,
  quietProcess,
  type TestDatabase,
  testRoot,
} from '@visapi/backend-testing';
import fc from 'fast-check';
import { OrdersHttpModule } from '../http/orders-http.module.js';
import type { OrderStats } from '../order-stats.js';

const pepper = 'pepper';
const http = { port: 0, host: '127.0.0.1', reusePort: false };
let test: TestDatabase;
let started: Awaited<ReturnType<typeof createHttpApp>>;

beforeAll(async () => {
  test = await createTestDatabase();
  const keys = [{ name: 'reader', key: 'reader.s3cret', scopes: ['orders:read'] }];
  await seedApiKeys({ databaseUrl: test.ownerUrl, pepper, keys });
  const root = testRoot(test.url, [
    AccessModule.forRoot({ pepper, keyExpiryDays: 90 }, quietProcess),
    OrdersHttpModule,
  ]);
  started = await createHttpApp(root, { http, process: quietProcess }, quietLog);
});
afterAll(async () => {
  await started.close();
  await test.drop();
});
afterEach(async () => await forget());

const forget = async () =>
  await test.query('truncate orders, counted_orders, order_counts, order_revenues cascade');

/** Orders whose facts have been told. */
async function plant(rows: readonly PlantedRow[]): Promise<void> {
  await plantRows(test, rows);
  const ids = rows.map(({ order_id }) => order_id);
  const work = async (transaction: Executor) => await new OrderStatisticsRepository().count(transaction, ids);
  await test.database.db.transaction().execute(work);
}

async function ask(query: string) {
  const headers = { 'x-api-key': 'reader.s3cret' };
  const answer = await started.app.inject({ url: `/api/v1/orders/stats?${query}`, headers });
  return { status: answer.statusCode, ...answer.json<{ data: Stats; error: unknown }>() };
}
type Stats = Omit<OrderStats, 'timeSeries'> & {
  timeSeries: { start: string; orders: number; revenue: Record<string, string> }[];
};

const from = Date.parse('2026-01-01T00:00:00Z');
const hour = 60 * 60 * 1000;
const unsettled = fc.record({
  branch: fc.constantFrom('il', 'co', 'se', 'unknown'),
  order_status: fc.option(fc.constantFrom('active', 'canceled', 'unknown', 'Ä"\\')),
  product_country: fc.option(fc.constantFrom('india', 'uk', 'הודו')),
  product_name: fc.option(fc.constantFrom('India eVisa', 'UK ETA', 'toString', '')),
  currency: fc.option(fc.constantFrom('ILS', 'USD', 'constructor')),
  // Halves of the last place, so that averages have to be rounded; sums that floats get wrong.
  amount: fc.option(
    fc.constantFrom('0.1', '0.2', '0.005', '498', '120.5', '9007199254740993', '0.0001', '0'),
  ),
  /** Hours after `from`; some orders are out of the period. */
  at: fc.integer({ min: -3 * 60, max: 10 * 60 }).map((minutes) => minutes / 60),
});

type Unsettled = typeof unsettled extends fc.Arbitrary<infer T> ? T : never;

/** In ten thousandths, exactly. */
const parts = (amount: string): bigint => {
  const [whole = '', fraction = ''] = amount.split('.');
  return BigInt(whole + fraction.padEnd(4, '0'));
};
const money = (value: bigint): string => {
  const digits = String(value).padStart(5, '0');
  return `${digits.slice(0, -4)}.${digits.slice(-4)}`.replace(/(\.\d\d\d*?)0+$/, '$1');
};

/** What each currency is worth, by addition alone. */
function worth(orders: readonly Unsettled[], of: (sum: bigint, count: bigint) => string) {
  const byCurrency = Map.groupBy(
    orders.filter(({ amount, currency }) => amount !== null && currency !== null),
    ({ currency }) => currency ?? '',
  );
  return Object.fromEntries(
    [...byCurrency].map(([currency, rows]) => {
      const sum = rows.reduce((total, { amount }) => total + parts(amount ?? ''), 0n);
      return [currency, of(sum, BigInt(rows.length))];
    }),
  );
}

/** Sum by count in hundredths, half of one upwards. */
const average = (sum: bigint, count: bigint): string =>
  money(((sum * 2n + 100n * count) / (200n * count)) * 100n);

function counts(orders: readonly Unsettled[], of: (order: Unsettled) => string | null) {
  const grouped = Map.groupBy(orders, (order) => of(order) ?? 'unknown');
  return Object.fromEntries([...grouped].map(([name, rows]) => [name, rows.length]));
}

describe('GET /orders/stats', () => {
  it('answers what adding up the orders one by one does, to the last place', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(unsettled, { maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        async (given, hours) => {
          await forget();
          const rows = given.map(({ at, ...row }, index): PlantedRow => {
            const created_at = new Date(from + at * hour).toISOString();
            return { ...row, order_id: `R${index}`, created_at };
          });
          await plant(rows);
          const end = new Date(from + hours * hour).toISOString();
          const { data } = await ask(`period=day&from=${new Date(from).toISOString()}&to=${end}`);
          const orders = given.filter(({ at }) => at >= 0 && at < hours);
          expect(data).toEqual({
            totalOrders: orders.length,
            revenue: worth(orders, money),
            averageOrderValue: worth(orders, average),
            byBranch: counts(orders, (order) => order.branch),
            byStatus: counts(orders, (order) => order.order_status),
            byCountry: counts(orders, (order) => order.product_country),
            byProduct: counts(orders, (order) => order.product_name),
            timeSeries: Array.from({ length: hours }, (_, index) => {
              const step = orders.filter(({ at }) => Math.floor(at) === index);
              const start = new Date(from + index * hour).toISOString();
              return { start, orders: step.length, revenue: worth(step, money) };
            }),
          });
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  it('counts an order that another clock placed a little ahead of ours', async () => {
    await plant([{ order_id: 'IL1', created_at: new Date(Date.now() + 5_000).toISOString() }]);
    const { data } = await ask('period=day');
    expect(data.totalOrders).toBe(1);
    expect(data.timeSeries.at(-1)?.orders).toBe(1);
  });

  it.each([
    ['day', 24],
    ['week', 7],
    ['month', 30],
    ['year', 12],
  ])(
    'divides a %s into its %i steps, the first begun or whole, empty ones included',
    async (period, count) => {
      const { status, data } = await ask(`period=${period}`);
      expect(status).toBe(200);
      expect([count, count + 1]).toContain(data.timeSeries.length);
      expect(data).toMatchObject({ totalOrders: 0, revenue: {}, averageOrderValue: {}, byBranch: {} });
    },
  );

  it.each([
    ['period=decade', 'period', 'must be one of day, week, month, year'],
    ['periode=day', 'periode', 'there is no periode here; known are period, from, to'],
    ['from=2026-01-01', 'from', 'must be a time such as 2026-01-05T00:00:00Z'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'from', 'must be before to'],
    ['period=day&from=2020-01-01T00:00:00Z', 'from', 'makes more than 1000 steps'],
  ])('answers 400 to %s and says what would be right', async (query, path, message) => {
    const details = [{ path, message: expect.stringContaining(message) }];
    await expect(ask(query)).resolves.toMatchObject({ status: 400, error: { details } });
  });
});
