import { randomUUID } from 'node:crypto';
import { CommandBus } from '@nestjs/cqrs';
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
import { CreateOrder } from '../commands/create-order.command.js';
import { QuarantineDelivery } from '../commands/quarantine-delivery.command.js';
import { viziOrders } from '../webhooks/vizi.webhook.js';
import { OrdersHttpModule } from './orders-http.module.js';

const pepper = 'pepper';
const http = { port: 0, host: '127.0.0.1', reusePort: false };
let test: TestDatabase;
let started: Awaited<ReturnType<typeof createHttpApp>>;
let counter = 0;

beforeAll(async () => {
  test = await createTestDatabase();
  const scopes = ['webhook:vizi', 'admin', 'orders:read', 'orders:write', 'orders:operate'];
  const keys = [
    { name: 'all', key: 'all.s3cret', scopes: [...scopes, 'deliveries:read', 'deliveries:operate'] },
    { name: 'shop', key: 'shop.s3cret', scopes: ['webhook:vizi'] },
  ];
  await seedApiKeys({ databaseUrl: test.ownerUrl, pepper, keys });
  const root = testRoot(test.url, [
    AccessModule.forRoot({ pepper, keyExpiryDays: 90 }, quietProcess),
    WebhooksHttpModule.register([viziOrders]),
    OrdersHttpModule,
  ]);
  started = await createHttpApp(root, { http, process: quietProcess }, quietLog);
});
afterAll(async () => {
  await started.close();
  await test.drop();
});

type Method = 'GET' | 'POST' | 'PATCH';

async function ask(method: Method, path: string, body?: object | string, key: string | null = 'all.s3cret') {
  const payload = typeof body === 'object' ? JSON.stringify(body) : body;
  const answer = await started.app.inject({
    method,
    url: `/api/v1/${path}`,
    headers: key === null ? {} : { 'x-api-key': key },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, ...answer.json<{ data?: unknown; error?: unknown }>() };
}
const get = async (path: string) => await ask('GET', path);
const post = async (path: string, body?: object | string) => await ask('POST', path, body);

const order = (form: object = {}) => {
  const id = `IL260105IN${(counter += 1)}`;
  return { id, body: viziOrder({ order: { id }, form: { ...form, nonce: (counter += 1) } }) };
};

async function stored(form: object = {}) {
  const { id, body } = order(form);
  const { data } = await post('orders', body);
  return { id, body, deliveryId: (data as { deliveryId: string }).deliveryId };
}

async function made(form: object = {}) {
  const given = await stored(form);
  await started.app.get(CommandBus).execute(new CreateOrder(given.deliveryId));
  return given;
}

async function quarantined() {
  const given = await stored();
  await started.app.get(CommandBus).execute(new QuarantineDelivery(given.deliveryId, 'a defect'));
  return given;
}

describe('the routes of operators', () => {
  const routes: readonly (readonly [Method, string])[] = [
    ['POST', 'orders'],
    ['PATCH', 'orders/IL1'],
    ['POST', 'orders/IL1/review'],
    ['GET', 'orders/warnings'],
    ['POST', 'deliveries/replay'],
    ['POST', `deliveries/${randomUUID()}/replay`],
    ['POST', 'webhooks/vizi/retrigger'],
  ];
  it.each(routes)('%s %s answers 401 without a key and 403 without the scope', async (method, path) => {
    await expect(ask(method, path, '{', null)).resolves.toMatchObject({ status: 401 });
    await expect(ask(method, path, '{', 'shop.s3cret')).resolves.toMatchObject({ status: 403 });
  });

  const unknown: readonly (readonly [Method, string, object])[] = [
    ['GET', 'orders?brnch=il', {}],
    ['GET', 'orders/warnings?since=1', {}],
    ['GET', 'deliveries?statte=failed', {}],
    ['PATCH', 'orders/IL1', { clientNam: 'x', reason: 'x' }],
    ['POST', 'orders/IL1/review', { reason: 'x', fields: [] }],
    ['POST', 'deliveries/replay', { filter: { status: 'failed' } }],
    ['POST', 'deliveries/replay?dryrun=true', { filter: { state: 'failed' } }],
    ['POST', 'orders?dryRun=true', viziOrder()],
    ['PATCH', 'orders/IL1?dryRun=true', { clientName: 'x', reason: 'x' }],
    ['POST', 'orders/IL1/review?dryRun=true', { reason: 'x' }],
    ['POST', 'webhooks/vizi/retrigger', { mode: 'single', orderID: 'IL1' }],
  ];
  it.each(unknown)('%s %s answers 400 that names what it does not know', async (method, path, body) => {
    const answer = await ask(method, path, method === 'GET' ? undefined : body);
    expect(answer).toMatchObject({ status: 400, error: { code: 'VALIDATION_ERROR' } });
    expect(JSON.stringify(answer)).toMatch(
      /there is no (brnch|since|statte|clientNam|fields|status|dryrun|dryRun|orderID) here/,
    );
  });
});

describe('POST /orders', () => {
  it('answers 201 accepted, duplicate, changed and skipped, by the rules of the webhook', async () => {
    const { id, body } = order();
    const first = await post('orders', body);
    expect(first).toMatchObject({ status: 201, data: { orderId: id, status: 'accepted' } });
    const { deliveryId } = first.data as { deliveryId: string };
    await expect(post('orders', body)).resolves.toMatchObject({
      status: 201,
      data: { status: 'duplicate', deliveryId },
    });
    await expect(post('webhooks/vizi/orders', body)).resolves.toMatchObject({
      status: 200,
      data: { status: 'duplicate', deliveryId },
    });
    const changed = viziOrder({ order: { id }, form: { quantity: 1 } });
    await expect(post('orders', changed)).resolves.toMatchObject({
      status: 201,
      data: { status: 'changed' },
    });
    const tested = viziOrder({ order: { id: `${id}-TEST` } });
    await expect(post('orders', tested)).resolves.toMatchObject({ status: 201, data: { status: 'skipped' } });
    await expect(get(`deliveries/${deliveryId}`)).resolves.toMatchObject({
      data: { source: 'manual', repeats: 2 },
    });
  });

  it('answers five parallel copies with one accepted and four duplicates', async () => {
    const { body } = order();
    const answers = await Promise.all(Array.from({ length: 5 }, () => post('orders', body)));
    expect(answers.map(({ data }) => (data as { status: string }).status).sort()).toEqual([
      'accepted',
      ...Array<string>(4).fill('duplicate'),
    ]);
  });

  it('answers 400, 413 and 422 as the webhook does', async () => {
    for (const body of ['', 'x', '[]', 'null'])
      await expect(post('orders', body)).resolves.toMatchObject({ status: 400 });
    await expect(post('orders', `{"a":"${'x'.repeat(10 * 1024 * 1024)}"}`)).resolves.toMatchObject({
      status: 413,
    });
    await expect(post('orders', { nonce: (counter += 1), order: {} })).resolves.toMatchObject({
      status: 422,
      error: {
        code: 'UNPROCESSABLE',
        details: [{ path: 'order.id' }, { path: 'form' }],
        deliveryId: expect.any(String),
      },
    });
  });
});

describe('PATCH /orders/:orderId and its review', () => {
  it('corrects what is given, in any shape of a phone, and shows the order', async () => {
    const { id } = await made();
    const patch = {
      phone: { code: '972', number: '0500000081' },
      status: 'issue',
      clientEmail: null,
      reason: 'rang',
    };
    await expect(ask('PATCH', `orders/${id}`, patch)).resolves.toMatchObject({
      status: 200,
      data: { phone: '+972500000081', status: 'issue', clientEmail: null, validityDays: 365, review: [] },
    });
    await expect(ask('PATCH', `orders/${id}`, { phone: null, reason: 'wrong' })).resolves.toMatchObject({
      data: { phone: null, phoneValid: false },
    });
  });

  it.each([
    [{ phone: '12', reason: 'x' }, 'phone'],
    [{ clientEmail: 'nobody', reason: 'x' }, 'clientEmail'],
    [{ clientName: '', reason: 'x' }, 'clientName'],
    [{ clientName: 'a\u0000b', reason: 'x' }, 'clientName'],
    [{ status: 'gone', reason: 'x' }, 'status'],
    [{ whatsappAlertsEnabled: 'yes', reason: 'x' }, 'whatsappAlertsEnabled'],
    [{ clientName: 'x' }, 'reason'],
    [{ clientName: 'x', reason: 'a\u0000b' }, 'reason'],
    [{ clientName: 'x', reason: ' ' }, 'reason'],
    [{ clientName: 'x', reason: 'x'.repeat(501) }, 'reason'],
    [{ reason: 'x' }, ''],
  ])('answers 400 to %j and names the field', async (body, path) => {
    const { id } = await made();
    await expect(ask('PATCH', `orders/${id}`, body)).resolves.toMatchObject({
      status: 400,
      error: { details: [{ path }] },
    });
  });

  it('answers 404 for an order that is not there', async () => {
    await expect(ask('PATCH', 'orders/IL0', { clientName: 'x', reason: 'x' })).resolves.toMatchObject({
      status: 404,
    });
    await expect(post('orders/IL0/review', { reason: 'x' })).resolves.toMatchObject({ status: 404 });
  });

  it('lists orders whose money changed until somebody has looked', async () => {
    const { id } = await made();
    const change = viziOrder({ order: { id, amount: 777 } });
    const { data } = await post('orders', change);
    await started.app.get(CommandBus).execute(new CreateOrder((data as { deliveryId: string }).deliveryId));
    await expect(get('orders?review=true')).resolves.toMatchObject({
      data: [{ orderId: id, review: ['amount'] }],
    });
    await expect(post(`orders/${id}/review`, { reason: 'agreed' })).resolves.toMatchObject({
      status: 200,
      data: { orderId: id, review: [] },
    });
    await expect(get('orders?review=true')).resolves.toMatchObject({ data: [] });
  });
});

describe('lists', () => {
  it('find branch and country in any case, and warnings exactly or by field', async () => {
    const { id } = await made({ urgency: 'yesterday', client: { phone: { code: '0', number: '1' } } });
    for (const query of ['branch=IL&country=INDIA', 'warning=urgency:unknown', 'warning=phone'])
      await expect(get(`orders?${query}&perPage=1`)).resolves.toMatchObject({ data: [{ orderId: id }] });
    await expect(get('orders?warning=phone:other')).resolves.toMatchObject({ data: [] });
    await expect(get('orders?warning=pho')).resolves.toMatchObject({ data: [] });
  });

  it('find a phone however it is written, and say so when it is none instead of finding nothing', async () => {
    const { id } = await made({ client: { phone: { code: '972', number: '0500009871' } } });
    for (const phone of ['%2B972500009871', '972500009871', '+972-50-000-9871', '00972500009871'])
      expect((await get(`orders?phone=${phone}`)).data).toMatchObject([{ orderId: id }]);
    const message = 'must be a valid phone such as +972500000001';
    expect(await get('orders?phone=0500009871')).toMatchObject({
      status: 400,
      error: { details: [{ path: 'phone', message }] },
    });
  });

  it('count warnings, the most frequent first, within a time', async () => {
    await made({ urgency: 'never' });
    await made({ urgency: 'never', client: { phone: { code: '0', number: '1' } } });
    const { status, data } = await get('orders/warnings');
    expect(status).toBe(200);
    const counts = data as { warning: string; orders: number }[];
    expect(counts.map(({ orders }) => orders)).toEqual(
      counts.map(({ orders }) => orders).sort((a, b) => b - a),
    );
    const found = (warning: string) => counts.find((entry) => entry.warning === warning)?.orders;
    expect([found('urgency:unknown'), found('phone:invalid')]).toEqual([3, 2]);
    await expect(get('orders/warnings?to=2026-01-01T00:00:00Z')).resolves.toMatchObject({ data: [] });
    await expect(get('orders/warnings?from=yesterday')).resolves.toMatchObject({ status: 400 });
  });

  it('find deliveries by state and time, with what is wrong', async () => {
    const { deliveryId } = await quarantined();
    await expect(get('deliveries?state=failed')).resolves.toMatchObject({
      data: [{ id: deliveryId, problems: [{ path: '', message: 'a defect' }] }],
    });
    await expect(get('deliveries?state=failed&to=2026-01-01T00:00:00Z')).resolves.toMatchObject({ data: [] });
    await expect(get('deliveries?from=2026-01-01T00:00:00Z&perPage=1')).resolves.toMatchObject({
      data: [{ id: deliveryId }],
    });
  });
});

describe('replay and retrigger', () => {
  it('shows first, then does, and names the key that asked', async () => {
    const { id, deliveryId } = await quarantined();
    await expect(post(`deliveries/${deliveryId}/replay`, { dryRun: true })).resolves.toMatchObject({
      status: 200,
      data: { would: 'open', now: { state: 'failed' }, order: { country: 'india' } },
    });
    await expect(get(`deliveries/${deliveryId}`)).resolves.toMatchObject({ data: { state: 'failed' } });
    await expect(post(`deliveries/${deliveryId}/replay`)).resolves.toMatchObject({
      status: 200,
      data: { status: 'opened', opened: [deliveryId] },
    });
    const { data } = await get(`orders/${id}/timeline`);
    expect(data).toContainEqual(
      expect.objectContaining({
        kind: 'operator.replayed',
        actor: expect.stringMatching(/^key:[0-9a-f-]{36}$/),
      }),
    );
    await expect(post(`deliveries/${randomUUID()}/replay`)).resolves.toMatchObject({ status: 404 });
    await expect(post('deliveries/1/replay')).resolves.toMatchObject({ status: 400 });
  });

  it('replays by filter, which must say something, and shows it first', async () => {
    const { deliveryId } = await quarantined();
    const filter = { ids: [deliveryId] };
    await expect(post('deliveries/replay', { filter: {} })).resolves.toMatchObject({ status: 400 });
    await expect(post('deliveries/replay', { filter, dryRun: true })).resolves.toMatchObject({
      status: 200,
      data: { matched: 1, results: [{ would: 'open' }] },
    });
    await expect(post('deliveries/replay', { filter, reason: 'mended' })).resolves.toMatchObject({
      status: 200,
      data: {
        matched: 1,
        replayed: 1,
        unchanged: 0,
        failed: 0,
        more: false,
        results: [{ status: 'opened' }],
      },
    });
  });

  it('says what a replay must hold when it holds nothing', async () => {
    expect(await post('deliveries/replay', {})).toMatchObject({
      status: 400,
      error: { details: [{ path: 'filter', message: expect.stringContaining('known are ids, orderId') }] },
    });
  });

  it('retriggers one order or many, and leaves the webhook beside it as it is', async () => {
    const { id } = await quarantined();
    const path = 'webhooks/vizi/retrigger';
    await expect(post(path, { mode: 'single', orderId: id, dryRun: true })).resolves.toMatchObject({
      status: 200,
      data: { successful: 1, details: [{ orderId: id, message: 'It would be replayed.' }] },
    });
    await expect(post(path, { mode: 'bulk', orderIds: [id, 'IL-NONE'] })).resolves.toMatchObject({
      data: { successful: 1, failed: 1, skipped: 0, more: false },
    });
    await expect(
      post(path, { mode: 'bulk', startDate: '2026-01-01', endDate: '2026-01-02' }),
    ).resolves.toMatchObject({
      data: { details: [] },
    });
    await expect(post('webhooks/vizi/orders', order().body)).resolves.toMatchObject({ status: 200 });
    await expect(post('webhooks/vizi/nothing', {})).resolves.toMatchObject({ status: 404 });
  });

  it.each([
    {},
    { mode: 'all' },
    { mode: 'single' },
    { mode: 'single', orderId: 'IL1', orderIds: ['IL2'] },
    { mode: 'bulk' },
    { mode: 'bulk', orderIds: ['IL1'], startDate: '2026-01-01' },
    { mode: 'bulk', startDate: 'monday' },
  ])('answers 400 to a retrigger of %j', async (body) => {
    await expect(post('webhooks/vizi/retrigger', body)).resolves.toMatchObject({ status: 400 });
  });
});
