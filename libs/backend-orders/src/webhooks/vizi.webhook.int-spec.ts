import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessModule } from '@visapi/backend-access/http';
import { seedApiKeys } from '@visapi/backend-access/seed';
import { createHttpApp } from '@visapi/backend-http';
import {
  createTestDatabase,
  quietLog,
  quietProcess,
  type TestDatabase,
  testRoot,
  viziOrder,
} from '@visapi/backend-testing';
import { WebhooksHttpModule } from '@visapi/backend-webhooks/http';
import { OrdersHttpModule } from '../http/orders-http.module.js';
import { viziOrders } from './vizi.webhook.js';

const pepper = 'pepper';
const shop = { 'x-api-key': 'vizi.s3cret' };
const http = { port: 0, host: '127.0.0.1', reusePort: false };
let test: TestDatabase;
let started: Awaited<ReturnType<typeof start>>;
let counter = 0;

async function start(databaseUrl: string) {
  const root = testRoot(databaseUrl, [
    AccessModule.forRoot({ pepper, keyExpiryDays: 90 }, quietProcess),
    WebhooksHttpModule.register([viziOrders]),
    OrdersHttpModule,
  ]);
  return await createHttpApp(root, { http, process: quietProcess }, quietLog);
}

beforeAll(async () => {
  test = await createTestDatabase();
  const keys = [
    { name: 'shop', key: 'vizi.s3cret', scopes: ['webhook:vizi'] },
    { name: 'reader', key: 'reader.s3cret', scopes: ['orders:read', 'deliveries:read'] },
  ];
  await seedApiKeys({ databaseUrl: test.ownerUrl, pepper, keys });
  started = await start(test.url);
});
afterAll(async () => {
  await started.close();
  await test.drop();
});

interface Answer {
  readonly data?: { orderId: string; deliveryId: string; status: string };
  readonly error?: { code: string; details?: { path: string }[]; deliveryId?: string };
}

async function post(payload: object | string, headers: Record<string, string> = shop) {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const answer = await started.app.inject({
    method: 'POST',
    url: '/api/v1/webhooks/vizi/orders',
    headers,
    payload: body,
  });
  return { status: answer.statusCode, ...answer.json<Answer>() };
}

async function get(path: string) {
  const headers = { 'x-api-key': 'reader.s3cret' };
  const answer = await started.app.inject({ url: `/api/v1/${path}`, headers });
  return { status: answer.statusCode, ...answer.json<{ data: never }>() };
}

const order = (changes: Record<string, unknown> = {}) => {
  const id = `IL260105IN${(counter += 1)}`;
  return { id, body: viziOrder({ ...changes, order: { id, ...(changes['order'] as object) } }) };
};
const countRows = async () =>
  Number((await test.query<{ n: string }>('select count(*) as n from deliveries'))[0]?.n);

describe('POST /webhooks/vizi/orders', () => {
  it('answers 200 accepted once the order is stored, with the ids the shop may ask for', async () => {
    const { id, body } = order();
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 200, data: { orderId: id, status: 'accepted' } });
    await expect(get(`deliveries/${answer.data?.deliveryId}`)).resolves.toMatchObject({
      status: 200,
      data: { orderId: id, outcome: 'accepted', state: 'open', source: 'vizi' },
    });
  });

  it('answers 200 and does nothing for a repeated delivery', async () => {
    const { body } = order();
    const first = await post(body);
    const before = await countRows();
    for (let repeat = 0; repeat < 2; repeat += 1)
      await expect(post(body)).resolves.toMatchObject({
        status: 200,
        data: { status: 'duplicate', deliveryId: first.data?.deliveryId },
      });
    await expect(countRows()).resolves.toBe(before);
  });

  it('answers five parallel deliveries of one order with one accepted and four duplicates (V30)', async () => {
    const { body } = order();
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(body)));
    expect(answers.map(({ data }) => data?.status).sort()).toEqual([
      'accepted',
      ...Array<string>(4).fill('duplicate'),
    ]);
  });

  it('answers 200 changed for other bytes of the order (V31), and skipped for a test order (V03)', async () => {
    const { id, body } = order();
    await post(body);
    const changed = viziOrder({ order: { id }, form: { client: { email: 'x@example.test' } } });
    await expect(post(changed)).resolves.toMatchObject({
      status: 200,
      data: { status: 'changed', orderId: id },
    });
    const tested = viziOrder({ order: { id: `${id}-TEST` } });
    for (let repeat = 0; repeat < 2; repeat += 1)
      await expect(post(tested)).resolves.toMatchObject({ status: 200, data: { status: 'skipped' } });
  });

  it.each([
    ['no key', {}, 401],
    ['a wrong secret', { 'x-api-key': 'vizi.other' }, 401],
    ['an unknown key', { 'x-api-key': 'nobody.s3cret' }, 401],
    ['a key without the scope', { 'x-api-key': 'reader.s3cret' }, 403],
  ])(
    'answers %s with its status before it reads the body, and stores nothing',
    async (_name, headers, status) => {
      const before = await countRows();
      await expect(post('{not json', headers as Record<string, string>)).resolves.toMatchObject({ status });
      await expect(countRows()).resolves.toBe(before);
    },
  );

  it('takes the key as a bearer token, too', async () => {
    await expect(post(order().body, { authorization: 'Bearer vizi.s3cret' })).resolves.toMatchObject({
      status: 200,
    });
  });

  it.each(['not json', '', '[]', '"order"', 'null', '7', '{"cut":'])(
    'answers 400 to %j and stores nothing (V35)',
    async (payload) => {
      const before = await countRows();
      await expect(post(payload)).resolves.toMatchObject({
        status: 400,
        error: { code: 'VALIDATION_ERROR' },
      });
      await expect(countRows()).resolves.toBe(before);
    },
  );

  it('answers 422 to an object that cannot become an order, names the fields, keeps it, and says so again', async () => {
    const body = { nonce: (counter += 1), order: { id: ' ' } };
    const first = await post(body);
    expect(first).toMatchObject({
      status: 422,
      error: {
        code: 'UNPROCESSABLE',
        details: [{ path: 'order.id' }, { path: 'form' }],
        deliveryId: expect.any(String),
      },
    });
    await expect(post(body)).resolves.toMatchObject({
      status: 422,
      error: { deliveryId: first.error?.deliveryId },
    });
    await expect(get(`deliveries/${first.error?.deliveryId}`)).resolves.toMatchObject({
      data: {
        outcome: 'rejected',
        state: 'closed',
        repeats: 1,
        problems: [{ path: 'order.id' }, { path: 'form' }],
      },
    });
  });

  it('keeps the event when the process dies before any relay: it is committed with the order', async () => {
    const { data } = await post(order().body);
    await started.close();
    started = await start(test.url);
    const waiting = await test.query(
      'select type, actor from outbox join events using (position) where aggregate_id = $1',
      [data?.deliveryId],
    );
    expect(waiting).toEqual([
      { type: 'delivery.received', actor: expect.stringMatching(/^key:[0-9a-f-]{36}$/) },
    ]);
  });

  it('answers 503 with Retry-After while the database is away', async () => {
    const lost = await start('postgres://visapi_app:x@127.0.0.1:1/none');
    const answer = await lost.app.inject({
      method: 'POST',
      url: '/api/v1/webhooks/vizi/orders',
      headers: shop,
      payload: JSON.stringify(order().body),
    });
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5']);
    await lost.close();
  });
});
