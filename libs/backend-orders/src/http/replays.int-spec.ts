import { CommandBus } from '@nestjs/cqrs';
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
import { CreateOrder } from '../commands/create-order.command.js';
import { OrdersHttpModule } from './orders-http.module.js';

const pepper = 'pepper';
let test: TestDatabase;
let api: Awaited<ReturnType<typeof createHttpApp>>;
let counter = 0;

beforeAll(async () => {
  test = await createTestDatabase();
  const keys = [
    { name: 'operator', key: 'operator.s3cret', scopes: ['deliveries:operate', 'orders:read'] },
    { name: 'reader', key: 'reader.s3cret', scopes: ['deliveries:read'] },
  ];
  await seedApiKeys({ databaseUrl: test.ownerUrl, pepper, keys });
  const http = { port: 0, host: '127.0.0.1', reusePort: false };
  const root = testRoot(test.url, [
    AccessModule.forRoot({ pepper, keyExpiryDays: 90 }, quietProcess),
    OrdersHttpModule,
  ]);
  api = await createHttpApp(root, { http, process: quietProcess }, quietLog);
});
afterAll(async () => {
  await api.close();
  await test.drop();
});

interface Answer {
  readonly data: Record<string, unknown>;
  readonly error: {
    readonly details?: readonly { readonly path: string; readonly message: string }[];
    readonly preview?: Record<string, unknown>;
  };
}

async function post(path: string, payload: object, key = 'operator') {
  const headers = { 'x-api-key': `${key}.s3cret` };
  const answer = await api.app.inject({ method: 'POST', url: `/api/v1/${path}`, headers, payload });
  return { status: answer.statusCode, ...answer.json<Answer>() };
}

/** An order that was told, and its delivery. */
async function told(orderId = `IL260105IN${(counter += 1)}`) {
  const body = viziOrder({ order: { id: orderId }, form: { nonce: (counter += 1) } });
  const { deliveryId } = await deliver(test.database, body);
  await api.app.get(CommandBus).execute(new CreateOrder(deliveryId));
  await test.query(
    `update effects set state = 'accepted', attempt = 1, accepted_at = now() where order_id = $1`,
    [orderId],
  );
  return { orderId, path: `deliveries/${deliveryId}/replay`, deliveryId };
}

const forced = { mode: 'force', effect: 'confirmation' };

describe('POST /deliveries/:id/replay with a mode', () => {
  it('forces an effect by what its dry run answered, and shows it in the order’s history', async () => {
    const { orderId, path } = await told();
    const { data: seen } = await post(path, { ...forced, dryRun: true });
    expect(seen).toMatchObject({ would: 'force', effects: [{ kind: 'message', state: 'accepted' }] });
    const body = { ...forced, confirm: seen['confirm'], reason: 'lost his phone' };
    await expect(post(path, body)).resolves.toMatchObject({
      status: 200,
      data: { status: 'planned', planned: [{ effect: 'confirmation' }] },
    });
    const answer = await api.app.inject({
      url: `/api/v1/orders/${orderId}/timeline`,
      headers: { 'x-api-key': 'operator.s3cret' },
    });
    expect(answer.json<{ data: object[] }>().data).toContainEqual(
      expect.objectContaining({
        kind: 'operator.replayed',
        detail: 'lost his phone',
        evidence: { mode: 'force', effect: 'confirmation' },
      }),
    );
  });

  it('answers 409 with the new preview to a confirmation of what was before', async () => {
    const { orderId, path } = await told();
    const { data: seen } = await post(path, { ...forced, dryRun: true });
    await test.query('update orders set event_version = event_version + 1 where order_id = $1', [orderId]);
    const { status, error } = await post(path, { ...forced, confirm: seen['confirm'], reason: 'x' });
    expect(status).toBe(409);
    expect(error).toMatchObject({ code: 'CONFLICT', preview: { would: 'force' } });
    expect(error.preview?.['confirm']).not.toBe(seen['confirm']);
  });

  it.each([
    ['no effect', { mode: 'force' }, 'effect', /contact or confirmation/],
    ['an effect that nobody knows', { mode: 'force', effect: 'visa' }, 'effect', /contact or confirmation/],
    ['no reason', { ...forced, confirm: 'x' }, 'reason', /must say why/],
    ['no confirmation', { ...forced, reason: 'x' }, 'confirm', /dry run/],
    ['an effect for another mode', { effect: 'contact' }, 'effect', /mode force alone/],
    ['a mode that nobody knows', { mode: 'all' }, 'mode', /one of state, missing, force/],
  ])('answers 400 that says what would be right: %s', async (_name, body, path, words) => {
    const { path: route } = await told();
    const { status, error } = await post(route, body);
    expect(status).toBe(400);
    expect(error.details).toEqual([{ path, message: expect.stringMatching(words) }]);
  });

  it('runs dry where either the address or the body says so', async () => {
    const { orderId, path } = await told();
    for (const [query, dryRun] of [
      ['', true],
      ['?dryRun=true', false],
      ['?dryRun=false', true],
    ] as const) {
      const one = await post(`${path}${query}`, { dryRun });
      expect(one.data).toHaveProperty('would');
      const many = await post(`deliveries/replay${query}`, { filter: { orderId }, dryRun });
      expect(many.data).toMatchObject({ results: [{ would: expect.anything() }] });
    }
  });

  it('is for operators', async () => {
    const { path } = await told();
    await expect(post(path, { mode: 'state' }, 'reader')).resolves.toMatchObject({ status: 403 });
  });
});

describe('POST /deliveries/replay with a mode', () => {
  it('shows and then does what each order owes, once for all deliveries of an order', async () => {
    const { orderId } = await told();
    await test.query(
      `update effects set state = 'failed', accepted_at = null, failed_at = now(), reason = 'http-400'
       where order_id = $1 and kind = 'message'`,
      [orderId],
    );
    const { deliveryId } = await deliver(
      test.database,
      viziOrder({ order: { id: orderId }, form: { nonce: (counter += 1) } }),
    );
    await test.query(`update deliveries set state = 'applied' where id = $1`, [deliveryId]);
    const filter = { orderId };
    await expect(post('deliveries/replay', { filter, dryRun: true })).resolves.toMatchObject({
      data: { matched: 2, results: [{ would: 'plan' }, { would: 'nothing' }] },
    });
    await expect(post('deliveries/replay', { filter, reason: 'mended' })).resolves.toMatchObject({
      data: { replayed: 1, unchanged: 1, results: [{ status: 'planned' }, { status: 'nothing-to-do' }] },
    });
  });

  it('reads many orders again without sending anything', async () => {
    const [one, other] = [await told(), await told()];
    await test.query(`update orders set product_country = 'atlantis' where order_id = $1`, [one.orderId]);
    const filter = { ids: [one.deliveryId, other.deliveryId] };
    const body = { filter, mode: 'state', reason: 'the code is mended' };
    await expect(post('deliveries/replay', { ...body, dryRun: true })).resolves.toMatchObject({
      data: { results: [{ would: 'rewrite', fields: ['productCountry'] }, { would: 'nothing' }] },
    });
    await expect(post('deliveries/replay', body)).resolves.toMatchObject({
      data: { replayed: 1, unchanged: 1, results: [{ status: 'rewritten' }, { status: 'nothing-to-do' }] },
    });
    const owed = await test.query(`select from effects where order_id = any($1) and state = 'planned'`, [
      [one.orderId, other.orderId],
    ]);
    expect(owed).toEqual([]);
  });

  it('forces nothing in bulk, and says where one effect is forced', async () => {
    const answer = await post('deliveries/replay', { filter: { state: 'failed' }, ...forced });
    expect(answer).toMatchObject({ status: 400 });
    expect(JSON.stringify(answer.error)).toContain('POST /deliveries/<id>/replay');
  });
});
