import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessModule } from '@visapi/backend-access/http';
import { seedApiKeys } from '@visapi/backend-access/seed';
import { createHttpApp } from '@visapi/backend-http';
import {
  createTestDatabase,
  deliver,
  quietLog,
  quietProcess,
  type TestDatabase,
  testRoot,
  viziOrder,
} from '@visapi/backend-testing';
import { OperationsHttpModule } from './operations-http.module.js';

const pepper = 'pepper';
let test: TestDatabase;
let started: Awaited<ReturnType<typeof createHttpApp>>;

beforeAll(async () => {
  test = await createTestDatabase();
  const keys = [
    { name: 'reader', key: 'reader.s3cret', scopes: ['ledger:read'] },
    { name: 'shop', key: 'shop.s3cret', scopes: ['webhook:vizi'] },
  ];
  await seedApiKeys({ databaseUrl: test.ownerUrl, pepper, keys });
  const root = testRoot(test.url, [
    AccessModule.forRoot({ pepper, keyExpiryDays: 90 }, quietProcess),
    OperationsHttpModule,
  ]);
  const http = { port: 0, host: '127.0.0.1', reusePort: false };
  started = await createHttpApp(root, { http, process: quietProcess }, quietLog);
  for (const id of ['LISTED', 'HERE']) await deliver(test.database, viziOrder({ order: { id } }));
});
afterAll(async () => {
  await started.close();
  await test.drop();
});

async function reconcile(payload: object, query = '', key = 'reader.s3cret') {
  const url = `/api/v1/ledger/reconcile${query}`;
  const answer = await started.app.inject({ method: 'POST', url, headers: { 'x-api-key': key }, payload });
  return { status: answer.statusCode, ...answer.json<{ data?: object; error?: object }>() };
}

const since = '?from=2026-01-01T00:00:00Z';

describe('POST /ledger/reconcile', () => {
  it('answers what of a list is not here, who was not told, and what is only here', async () => {
    const orderIds = ['LISTED', 'LISTED', 'NEVER', 'NEVER-TEST'];
    await expect(reconcile({ orderIds }, since)).resolves.toMatchObject({
      status: 200,
      data: {
        period: { from: '2026-01-01T00:00:00.000Z', to: null },
        ...{ orders: 3, repeated: 1, told: 0 },
        onlyThere: ['NEVER'],
        rejected: [],
        notTold: [{ orderId: 'LISTED', state: 'open', reason: 'not-interpreted' }],
        onlyHere: { total: 1, first: [{ orderId: 'HERE', receivedAt: expect.stringMatching(/Z$/) }] },
        testOrders: [{ orderId: 'NEVER-TEST', where: 'there' }],
      },
    });
    await expect(reconcile({ orderIds: ['NEVER'] })).resolves.toMatchObject({
      data: { period: null, onlyThere: ['NEVER'], onlyHere: { total: 0, first: [] } },
    });
  });

  it('names at most 1000 of those that are only here, and says how many there are', async () => {
    await test.query(`
      insert into deliveries (id, kind, source, order_id, outcome, state, body_hash, correlation_id, received_at)
      select gen_random_uuid(), 'order', 'vizi', 'MANY' || n, 'accepted', 'open', sha256(int4send(n)), 'c',
        timestamptz '2025-02-01' from generate_series(1, 1200) n`);
    const answer = await reconcile(
      { orderIds: ['NEVER'] },
      '?from=2025-02-01T00:00:00Z&to=2025-02-02T00:00:00Z',
    );
    expect(answer).toMatchObject({ data: { onlyHere: { total: 1_200 } } });
    expect((answer.data as { onlyHere: { first: unknown[] } }).onlyHere.first).toHaveLength(1_000);
  });

  it.each([
    [{}, 'orderIds', /array of order ids/],
    [{ orderIds: [] }, 'orderIds', /must name an order/],
    [{ orderIds: ['IL1', ''] }, 'orderIds.1', /must not be empty/],
    [{ orderIds: Array.from({ length: 10_001 }, (_none, n) => `IL${n}`) }, 'orderIds', /at most 10000 ids/],
    [{ orderIds: ['IL1'], bodies: [] }, 'bodies', /bodies/],
  ])('refuses what is no list of ids and says why', async (payload, path, message) => {
    await expect(reconcile(payload)).resolves.toMatchObject({
      status: 400,
      error: { details: [{ path, message: expect.stringMatching(message) }] },
    });
  });

  it('is for those who may read the ledger', async () => {
    await expect(reconcile({ orderIds: ['IL1'] }, '', 'shop.s3cret')).resolves.toMatchObject({ status: 403 });
  });
});
