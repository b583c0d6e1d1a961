import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessModule } from '@visapi/backend-access/http';
import { seedApiKeys } from '@visapi/backend-access/seed';
import { createHttpApp } from '@visapi/backend-http';
import { CbbClient } from '@visapi/backend-providers';
import { FakeCbbClient } from '@visapi/backend-providers/fake';
import { QueueModule } from '@visapi/backend-queue';
import {
  createTestContext,
  createTestDatabase,
  plantOrder,
  provideGlobally,
  queueConfig,
  quietLog,
  quietProcess,
  takeTestRedis,
  type TestDatabase,
  testRoot,
} from '@visapi/backend-testing';
import { contactsSubscriptions, ContactsJobsModule } from '../jobs/contacts-jobs.module.js';
import { SyncContactProcessor } from '../jobs/sync-contact.processor.js';
import { ContactsHttpModule } from './contacts-http.module.js';

const pepper = 'pepper';
const cbb = new FakeCbbClient();
let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let api: Awaited<ReturnType<typeof createHttpApp>>;
let worker: Awaited<ReturnType<typeof createTestContext>>;
let counter = 0;

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  const keys = [
    { name: 'operator', key: 'operator.s3cret', scopes: ['orders:operate'] },
    { name: 'admin', key: 'admin.s3cret', scopes: ['webhook:vizi', 'admin'] },
    { name: 'shop', key: 'shop.s3cret', scopes: ['webhook:vizi'] },
  ];
  await seedApiKeys({ databaseUrl: test.ownerUrl, pepper, keys });
  const http = { port: 0, host: '127.0.0.1', reusePort: false };
  const root = testRoot(test.url, [
    AccessModule.forRoot({ pepper, keyExpiryDays: 90 }, quietProcess),
    ContactsHttpModule,
  ]);
  api = await createHttpApp(root, { http, process: quietProcess }, quietLog);
  const vendor = provideGlobally(new Map<object, unknown>([[CbbClient, cbb]]));
  const queue = QueueModule.forRoot(queueConfig(redis.url));
  worker = await createTestContext(test.url, [vendor, queue, ContactsJobsModule]);
});
afterAll(async () => {
  await worker.close();
  await api.close();
  await redis.close();
  await test.drop();
});

async function post(path: string, key: string, payload?: object) {
  const headers = { 'x-api-key': `${key}.s3cret` };
  const answer = await api.app.inject({ method: 'POST', url: `/api/v1/${path}`, headers, payload });
  const body = answer.json<{
    data: Record<string, unknown>;
    error: { details?: { path: string; message: string }[] };
  }>();
  return { status: answer.statusCode, ...body };
}

const sync = async (effectId: string) => await worker.get(SyncContactProcessor).handle({ effectId });
const plant = async (phone?: string) =>
  await plantOrder(test, {
    contact: 'planned',
    phone: phone ?? `+97250${String((counter += 1)).padStart(7, '0')}`,
  });
const contacts = async (orderId: string) =>
  await test.query<{ id: string; state: string; semantic_key: string; lane: string }>(
    `select id, state, semantic_key, lane from effects where order_id = $1 and kind = 'contact' order by planned_at, id`,
    [orderId],
  );
const lastEvent = async (orderId: string) => {
  const [event] = await test.query<{ type: string; actor: string; payload: Record<string, string> }>(
    'select type, actor, payload from events where aggregate_id = $1 order by position desc limit 1',
    [orderId],
  );
  return event;
};

describe('POST /orders/:orderId/sync', () => {
  it('has all fields of a synced contact written again, and remembers who wanted it and why', async () => {
    const { orderId, contactId, phone } = await plant();
    await sync(contactId);
    const held = cbb.contacts.get(phone.slice(1))!.fields;
    const count = held.size;
    held.clear();
    const { status, data } = await post(`orders/${orderId}/sync`, 'operator', { reason: 'edited by hand' });
    expect(status).toBe(200);
    expect(data).toMatchObject({ orderId, status: 'planned', phone, valuesOf: orderId });
    expect(data['fields']).toHaveLength(count);
    expect(data).not.toHaveProperty('values');
    const [, again] = await contacts(orderId);
    expect(again).toMatchObject({ state: 'planned', lane: phone });
    expect(again?.semantic_key).toMatch(`contact:${orderId}:1:resync:`);
    await expect(lastEvent(orderId)).resolves.toEqual({
      type: 'operator.synced',
      actor: expect.stringMatching(/^key:/) as unknown,
      payload: { reason: 'edited by hand', contactEffectId: again?.id },
    });
    await expect(sync(again?.id ?? '')).resolves.toMatchObject({ outcome: 'accepted' });
    expect(held.size).toBe(count);
  });

  it('goes on, after an interruption, where this resync had come to', async () => {
    const { orderId, contactId, phone } = await plant();
    await sync(contactId);
    await post(`orders/${orderId}/sync`, 'operator');
    const [, again] = await contacts(orderId);
    cbb.calls.length = 0;
    const fields = cbb.contacts.get(phone.slice(1))!.fields;
    const set = fields.set.bind(fields);
    let written = 0;
    fields.set = (name, value) => {
      if ((written += 1) === 3) throw new TypeError('invented');
      return set(name, value);
    };
    await expect(sync(again?.id ?? '')).resolves.toMatchObject({ outcome: 'retry' });
    fields.set = set;
    await sync(again?.id ?? '');
    const writes = cbb.calls.filter((call) => call.startsWith('setField'));
    expect(writes).toHaveLength(fields.size + 1);
  });

  it('wakes the job that writes the contact', () => {
    const woken = contactsSubscriptions.find(({ type }) => type === 'operator.synced');
    const contactEffectId = '019a0000-0000-7000-8000-000000000001';
    const event = { type: 'operator.synced', payload: { reason: 'x', contactEffectId } };
    expect(woken?.jobs(event as never)).toMatchObject([{ payload: { effectId: contactEffectId } }]);
  });

  it('writes nothing for a dry run, and shows names and values', async () => {
    const { orderId } = await plant();
    const before = await lastEvent(orderId);
    const { data } = await post(`orders/${orderId}/sync?dryRun=true`, 'operator');
    expect(data).toMatchObject({
      status: 'would-plan',
      values: { OrderNumber: orderId, order_sum_ils: '498' },
    });
    await expect(contacts(orderId)).resolves.toHaveLength(1);
    await expect(lastEvent(orderId)).resolves.toEqual(before);
  });

  it('tells whose values are written: the newest order of the phone', async () => {
    const older = await plant();
    const newer = await plant(older.phone);
    const { data } = await post(`orders/${older.orderId}/sync?dryRun=true`, 'operator');
    expect(data).toMatchObject({ orderId: older.orderId, valuesOf: newer.orderId });
  });

  it('plans one resync for each of many who ask at once, and every one of them ends', async () => {
    const { orderId, contactId } = await plant();
    await sync(contactId);
    const asked = await Promise.all(
      Array.from({ length: 6 }, () => post(`orders/${orderId}/sync`, 'operator')),
    );
    expect(asked.map(({ status }) => status)).toEqual(Array(6).fill(200));
    for (const { id } of (await contacts(orderId)).slice(1))
      await expect(sync(id)).resolves.toMatchObject({ outcome: 'accepted' });
    const [{ versions = 0, newest = 0 } = {}] = await test.query<{ versions: number; newest: number }>(
      `select count(distinct aggregate_version)::int as versions, max(aggregate_version)::int as newest
       from events where aggregate_id = $1`,
      [orderId],
    );
    expect(versions).toBe(newest);
  });

  it.each([
    ['branch', `branch = 'co'`],
    ['invalid-phone', 'client_phone = null'],
  ])('refuses an order that owes no contact (%s), and plans nothing', async (reason, change) => {
    const { orderId } = await plant();
    await test.query(`update orders set ${change} where order_id = $1`, [orderId]);
    await expect(post(`orders/${orderId}/sync`, 'operator')).resolves.toMatchObject({
      status: 409,
      error: { details: [{ path: 'reason', message: reason }] },
    });
    await expect(contacts(orderId)).resolves.toHaveLength(1);
  });

  it('is for operators, orders that exist and inputs that it knows', async () => {
    await expect(post('orders/IL1/sync', 'shop')).resolves.toMatchObject({ status: 403 });
    await expect(post('orders/IL1/sync', 'nobody')).resolves.toMatchObject({ status: 401 });
    await expect(post('orders/IL1/sync', 'operator')).resolves.toMatchObject({ status: 404 });
    await expect(post('orders/IL1/sync?dryrun=true', 'operator')).resolves.toMatchObject({ status: 400 });
    await expect(post('orders/IL1/sync', 'operator', { why: 'x' })).resolves.toMatchObject({ status: 400 });
  });
});

describe('POST /webhooks/vizi/resync-cbb', () => {
  it.each(['orderId', 'viziOrderId', 'phoneNumber'])('finds the order by %s', async (name) => {
    const { orderId, phone } = await plant();
    const body = { [name]: name === 'phoneNumber' ? phone.slice(1) : orderId };
    const { status, data } = await post('webhooks/vizi/resync-cbb', 'admin', body);
    expect(status).toBe(200);
    expect(data).toEqual({
      success: true,
      phoneNumber: phone,
      orderId,
      cbbContactUuid: null,
      message: expect.stringContaining('will be written again') as unknown,
      whatsappAvailable: null,
      created: false,
    });
    await expect(contacts(orderId)).resolves.toHaveLength(2);
  });

  it('plans nothing for a dry run', async () => {
    const { orderId } = await plant();
    const body = { viziOrderId: orderId, dryRun: true };
    await expect(post('webhooks/vizi/resync-cbb', 'admin', body)).resolves.toMatchObject({ status: 200 });
    await expect(contacts(orderId)).resolves.toHaveLength(1);
  });

  it.each([
    ['nothing named', {}, 400],
    ['two named', { orderId: 'IL1', viziOrderId: 'IL1' }, 400],
    ['a phone that is none', { phoneNumber: '12' }, 400],
    ['an order that is not there', { orderId: 'IL1' }, 404],
    ['a phone of nobody', { phoneNumber: '+972509999998' }, 404],
  ])('refuses %s', async (_name, body, status) => {
    await expect(post('webhooks/vizi/resync-cbb', 'admin', body)).resolves.toMatchObject({ status });
  });

  it('needs both scopes', async () => {
    const body = { orderId: 'IL1' };
    await expect(post('webhooks/vizi/resync-cbb', 'shop', body)).resolves.toMatchObject({ status: 403 });
  });
});
