import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessModule } from '@visapi/backend-access/http';
import { seedApiKeys } from '@visapi/backend-access/seed';
import { createHttpApp } from '@visapi/backend-http';
import {
  createTestDatabase,
  plantOrder,
  quietLog,
  quietProcess,
  type TestDatabase,
  testRoot,
} from '@visapi/backend-testing';
import { PrivacyHttpModule } from './privacy-http.module.js';

const pepper = 'pepper';
let test: TestDatabase;
let started: Awaited<ReturnType<typeof createHttpApp>>;

beforeAll(async () => {
  test = await createTestDatabase();
  const keys = [
    { name: 'officer', key: 'officer.s3cret', scopes: ['privacy:erase'] },
    { name: 'reader', key: 'reader.s3cret', scopes: ['privacy:read', 'orders:operate'] },
  ];
  await seedApiKeys({ databaseUrl: test.ownerUrl, pepper, keys });
  const root = testRoot(test.url, [
    AccessModule.forRoot({ pepper, keyExpiryDays: 90 }, quietProcess),
    PrivacyHttpModule,
  ]);
  const http = { port: 0, host: '127.0.0.1', reusePort: false };
  started = await createHttpApp(root, { http, process: quietProcess }, quietLog);
});
afterAll(async () => {
  await started.close();
  await test.drop();
});

async function ask(method: 'GET' | 'POST', payload?: object, key = 'officer', headers: object = {}) {
  const answer = await started.app.inject({
    method,
    url: '/api/v1/privacy/erasures',
    headers: { 'x-api-key': `${key}.s3cret`, ...headers },
    ...(payload && { payload }),
  });
  return { status: answer.statusCode, ...answer.json<{ data?: object; error?: object }>() };
}

const reason = 'asked by letter';

describe('POST /privacy/erasures', () => {
  it('first says who is meant; only what is told to be no dry run erases, and is listed', async () => {
    const phone = '+972500000001';
    const { orderId } = await plantOrder(test, { contact: 'failed', phone });
    const wish = { phone, reason, force: true };
    await expect(ask('POST', wish)).resolves.toMatchObject({
      status: 200,
      data: { id: null, orders: 1, orderIds: [orderId], messages: 1 },
    });
    await expect(ask('GET')).resolves.toMatchObject({ status: 200, data: [] });
    const done = await ask('POST', { ...wish, dryRun: false });
    expect(done).toMatchObject({ status: 200, data: { orderIds: [orderId], keysDestroyed: 1 } });
    await expect(ask('GET')).resolves.toMatchObject({
      data: [{ id: (done.data as { id: string }).id, orderIds: [orderId], reason }],
    });
    await expect(ask('POST', wish)).resolves.toMatchObject({ status: 404 });
  });

  it('tells again what was done when its answer was lost and it is repeated with its Idempotency-Key', async () => {
    const phone = '+972500000002';
    const { orderId } = await plantOrder(test, { contact: 'failed', phone });
    const post = async () =>
      await ask('POST', { phone, reason, force: true, dryRun: false }, 'officer', {
        'idempotency-key': 'e-1',
      });
    // As if the process had been killed between its commit and its answer.
    await test.query('revoke update (state) on idempotency_keys from visapi_app');
    const lost = await post();
    await test.query('grant update (state) on idempotency_keys to visapi_app');
    await test.query('update idempotency_keys set locked_until = now()');
    expect(lost.status).toBe(503);
    const again = await post();
    expect(again).toMatchObject({ status: 200, data: { orderIds: [orderId], keysDestroyed: 1 } });
    await expect(
      test.query('select from erasures where $1 = any(order_ids)', [orderId]),
    ).resolves.toHaveLength(1);
    await expect(post()).resolves.toEqual(again);
  });

  it('answers 409 and says why while an order of the person is on its way', async () => {
    const { orderId } = await plantOrder(test);
    await expect(ask('POST', { orderId, reason, dryRun: false })).resolves.toMatchObject({
      status: 409,
      error: { code: 'CONFLICT', message: expect.stringContaining('name force') },
    });
  });

  it.each([
    [{ reason }, '', 'name the person by one of phone, email, orderId'],
    [{ reason, orderId: 'IL1', email: 'a@example.test' }, '', 'name the person by one of'],
    [{ orderId: 'IL1' }, 'reason', 'must be a text that says why'],
    [{ reason, phone: '12' }, 'phone', 'must be a valid phone'],
    [{ reason, email: 'nobody' }, 'email', 'must be an e-mail address'],
    [{ reason, orderId: 'IL1', dryRun: 'no' }, 'dryRun', 'must be true or false'],
    [{ reason, orderId: 'IL1', order: 'IL1' }, 'order', 'there is no order here'],
  ])('refuses %j and says what would be right', async (body, path, message) => {
    await expect(ask('POST', body)).resolves.toMatchObject({
      status: 400,
      error: { details: [{ path, message: expect.stringContaining(message) }] },
    });
  });

  it('is for those who may erase, not for those who may read', async () => {
    await expect(ask('POST', { orderId: 'IL1', reason }, 'reader')).resolves.toMatchObject({ status: 403 });
    await expect(ask('GET', undefined, 'reader')).resolves.toMatchObject({ status: 403 });
  });
});
