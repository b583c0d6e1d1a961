import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CbbClient, VendorError } from '@visapi/backend-providers';
import { FakeCbbClient } from '@visapi/backend-providers/fake';
import { QueueModule } from '@visapi/backend-queue';
import { recoverExpired } from '@visapi/backend-repositories/effects';
import {
  createTestContext,
  createTestDatabase,
  plantOrder,
  provideGlobally,
  queueConfig,
  takeTestRedis,
  type TestDatabase,
} from '@visapi/backend-testing';
import { ContactsJobsModule } from './contacts-jobs.module.js';
import { syncRetries } from './sync-contact.job.js';
import { SyncContactProcessor } from './sync-contact.processor.js';

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let cbb: FakeCbbClient;
let app: INestApplicationContext;
let processor: SyncContactProcessor;

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
});
beforeEach(async () => {
  await app?.close();
  cbb = new FakeCbbClient();
  app = await start();
  processor = app.get(SyncContactProcessor);
});
afterAll(async () => {
  await app.close();
  await redis.close();
  await test.drop();
});

async function start(): Promise<INestApplicationContext> {
  const vendor = provideGlobally(new Map<object, unknown>([[CbbClient, cbb]]));
  const queue = QueueModule.forRoot(queueConfig(redis.url));
  return await createTestContext(test.url, [vendor, queue, ContactsJobsModule]);
}

const failure = (kind: VendorError['kind'], reason: string, facts = {}) =>
  new VendorError('cbb', kind, reason, facts);
const sync = async (effectId: string) => await processor.handle({ effectId });
const plant = async (phone?: string) => await plantOrder(test, { contact: 'planned', phone });
const fieldsAt = (phone: string) => Object.fromEntries(cbb.contacts.get(phone.slice(1))?.fields ?? []);
const writes = () => cbb.calls.filter((call) => call.startsWith('setField'));

async function effect(id: string) {
  const [row] = await test.query<Record<string, unknown>>(
    `select state, reason, attempt, evidence, extract(epoch from due_at - clock_timestamp()) as due_in
     from effects where id = $1`,
    [id],
  );
  return row;
}

/** A contact that CBB knows already, with values of another time. */
function knownAt(phone: string) {
  cbb.contacts.set(phone.slice(1), {
    firstName: 'שם ישן',
    email: '',
    fields: new Map([['OrderNumber', 'IL200101IN1']]),
  });
}

describe('the sync-contact job', () => {
  it('succeeds: an unknown contact is created with all its fields in one call', async () => {
    const { contactId, messageId, orderId, phone } = await plant();
    await expect(sync(contactId)).resolves.toMatchObject({
      outcome: 'accepted',
      event: 'contact.synced',
      orderId,
    });
    expect(cbb.calls).toEqual([`getContact ${phone.slice(1)}`, `createContact ${phone.slice(1)}`]);
    expect(fieldsAt(phone)).toMatchObject({
      OrderNumber: orderId,
      customer_name: 'דנה לדוגמה',
      order_sum_ils: '498',
      wa_alerts: '1',
    });
    await expect(effect(contactId)).resolves.toMatchObject({
      state: 'accepted',
      evidence: { created: true },
    });
    const [order] = await test.query('select cbb_synced from orders where order_id = $1', [orderId]);
    expect(order).toEqual({ cbb_synced: true });
    const events = await test.query(
      'select type, payload from events where aggregate_id = $1 order by position',
      [orderId],
    );
    expect(events.at(-1)).toEqual({
      type: 'contact.synced',
      payload: { contactEffectId: contactId, messageEffectIds: [messageId] },
    });
  });

  it('really updates a known contact, field by field, and says that its basic data differ', async () => {
    const { contactId, orderId, phone } = await plant();
    knownAt(phone);
    await sync(contactId);
    expect(writes().length).toBeGreaterThan(8);
    expect(cbb.calls).not.toContain(`createContact ${phone.slice(1)}`);
    expect(fieldsAt(phone)['OrderNumber']).toBe(orderId);
    await expect(effect(contactId)).resolves.toMatchObject({
      evidence: { created: false, basicDataDiffers: true },
    });
  });

  it('runs twice: the second time calls nobody', async () => {
    const { contactId } = await plant();
    await sync(contactId);
    const calls = cbb.calls.length;
    await expect(sync(contactId)).resolves.toEqual({ outcome: 'not-mine' });
    expect(cbb.calls).toHaveLength(calls);
  });

  it('fails, then succeeds: a retry goes on after the fields that CBB has confirmed', async () => {
    const { contactId, phone } = await plant();
    knownAt(phone);
    const stopped = cbb.holdNext('setField');
    const first = sync(contactId);
    await stopped.reached;
    stopped.release();
    await first;
    const all = writes();
    const again = await plant(phone);
    cbb.calls.length = 0;
    const third = cbb.contacts.get(phone.slice(1))!.fields;
    third.clear();
    const set = third.set.bind(third);
    let written = 0;
    third.set = (name, value) => {
      written += 1;
      if (written === 4) throw failure('unknown', 'timeouterror');
      return set(name, value);
    };
    await expect(sync(again.contactId)).resolves.toMatchObject({
      outcome: 'retry',
      event: 'contact.retry',
      reason: 'timeouterror',
    });
    third.set = set;
    await expect(sync(again.contactId)).resolves.toMatchObject({ outcome: 'accepted', attempt: 2 });
    expect(writes()).toHaveLength(all.length + 1);
    expect(new Set(writes()).size).toBe(all.length);
  });

  it.each([
    ['refused connection', failure('unavailable', 'econnrefused')],
    ['server error', failure('unknown', 'http-500', { status: 500 })],
    ['time-out', failure('unknown', 'timeouterror')],
    ['success false', failure('unavailable', 'success-false', { status: 200 })],
    ['bug of our own', new TypeError('invented')],
  ])('is tried again after a %s, at most 30 s apart', async (_name, error) => {
    const { contactId } = await plant();
    cbb.failNext('createContact', error);
    const result = await sync(contactId);
    expect(result).toMatchObject({ outcome: 'retry', next: [{ id: `sync-contact-${contactId}-1` }] });
    expect(result.next?.[0]?.delayMs).toBeLessThanOrEqual(30_000);
    await expect(effect(contactId)).resolves.toMatchObject({ state: 'planned', attempt: 1 });
    await expect(sync(contactId)).resolves.toMatchObject({ outcome: 'accepted' });
  });

  it('waits as long as the vendor asks', async () => {
    const { contactId } = await plant();
    cbb.failNext('getContact', failure('unavailable', 'http-429', { status: 429, retryAfterMs: 120_000 }));
    const result = await sync(contactId);
    expect(result.next?.[0]?.delayMs).toBe(120_000);
    expect(Number((await effect(contactId))?.['due_in'])).toBeGreaterThan(110);
  });

  it.each([
    ['a clear no', failure('rejected', 'http-422', { status: 422 })],
    ['an answer of another shape', failure('unexpected', 'unexpected-shape')],
  ])('marks contact and confirmation failed after %s, asking for attention', async (_name, error) => {
    const { contactId, messageId } = await plant();
    cbb.failNext('createContact', error);
    await expect(sync(contactId)).resolves.toMatchObject({
      outcome: 'failed',
      event: 'contact.failed',
      attention: true,
    });
    await expect(effect(contactId)).resolves.toMatchObject({ state: 'failed', reason: error.reason });
    await expect(effect(messageId)).resolves.toMatchObject({ state: 'failed', reason: 'contact-failed' });
  });

  it('leaves the confirmation to the newer version of its contact when an older one is refused', async () => {
    const { contactId, messageId, orderId } = await plant();
    await test.query(
      `insert into effects (id, kind, purpose, semantic_key, order_id, lane, state, correlation_id, planned_at)
       select gen_random_uuid(), kind, 'contact', 'contact:' || order_id || ':2', order_id, '+972500000098', 'planned', 'c',
         planned_at + interval '1 second' from effects where id = $1`,
      [contactId],
    );
    cbb.failNext('createContact', failure('rejected', 'http-422', { status: 422 }));
    await expect(sync(contactId)).resolves.toMatchObject({ outcome: 'failed', orderId });
    await expect(effect(messageId)).resolves.toMatchObject({ state: 'planned', reason: null });
  });

  it('takes 400 and 404 on looking up for an unknown contact', async () => {
    for (const status of [400, 404]) {
      const { contactId } = await plant();
      cbb.failNext('getContact', failure('rejected', `http-${status}`, { status }));
      await expect(sync(contactId)).resolves.toMatchObject({ outcome: 'accepted' });
    }
  });

  it('marks it failed when the last of a day’s tries fails', async () => {
    const { contactId, messageId } = await plant();
    await test.query('update effects set tries = $2 where id = $1', [contactId, syncRetries.mostTries - 1]);
    cbb.failNext('getContact', failure('unknown', 'http-500', { status: 500 }));
    await expect(sync(contactId)).resolves.toMatchObject({ outcome: 'failed', attention: true });
    await expect(effect(messageId)).resolves.toMatchObject({ state: 'failed', reason: 'contact-failed' });
  });

  it.each([['older first'], ['newer first']])('lets the newest order of a phone win, %s', async (which) => {
    const older = await plant();
    const newer = await plant(older.phone);
    const order = which === 'older first' ? [older, newer] : [newer, older];
    for (const { contactId } of order)
      await expect(sync(contactId)).resolves.toMatchObject({ outcome: 'accepted' });
    expect(fieldsAt(older.phone)['OrderNumber']).toBe(newer.orderId);
    expect(cbb.calls.filter((call) => call.startsWith('createContact'))).toHaveLength(1);
  });

  it('writes one contact with one worker at a time', async () => {
    const first = await plant();
    const second = await plant(first.phone);
    const held = cbb.holdNext('getContact');
    const running = sync(first.contactId);
    await held.reached;
    const busy = await sync(second.contactId);
    expect(busy).toMatchObject({ outcome: 'busy', next: [{ payload: { effectId: second.contactId } }] });
    await expect(effect(second.contactId)).resolves.toMatchObject({ state: 'planned', attempt: 0 });
    held.release();
    await running;
    await expect(sync(second.contactId)).resolves.toMatchObject({ outcome: 'accepted' });
  });

  it('marks nothing when its claim was lost meanwhile', async () => {
    const { contactId, orderId } = await plant();
    const held = cbb.holdNext('createContact');
    const running = sync(contactId);
    await held.reached;
    await test.query(`update effects set lease_until = now() - interval '1 second' where id = $1`, [
      contactId,
    ]);
    await expect(recoverExpired(test.database.db, 10)).resolves.toMatchObject([
      { id: contactId, state: 'planned' },
    ]);
    held.release();
    await expect(running).resolves.toMatchObject({ outcome: 'claim-lost' });
    await expect(effect(contactId)).resolves.toMatchObject({ state: 'planned' });
    const [order] = await test.query('select cbb_synced from orders where order_id = $1', [orderId]);
    expect(order).toEqual({ cbb_synced: false });
  });

  it('is repaired by the newest order when a worker without a claim wrote over it', async () => {
    const older = await plant();
    const held = cbb.holdNext('createContact');
    const late = sync(older.contactId);
    await held.reached;
    await test.query(`update effects set lease_until = now() - interval '1 second' where id = $1`, [
      older.contactId,
    ]);
    await recoverExpired(test.database.db, 10);
    const newer = await plant(older.phone);
    await expect(sync(newer.contactId)).resolves.toMatchObject({ outcome: 'accepted' });
    held.release();
    await expect(late).resolves.toMatchObject({ outcome: 'claim-lost' });
    expect(fieldsAt(older.phone)['OrderNumber']).toBe(older.orderId);
    await expect(effect(newer.contactId)).resolves.toMatchObject({ state: 'planned' });
    await expect(sync(newer.contactId)).resolves.toMatchObject({ outcome: 'accepted' });
    expect(fieldsAt(older.phone)['OrderNumber']).toBe(newer.orderId);
  });

  it('does not call an order synced while a newer version of its content waits', async () => {
    const { contactId, orderId, phone } = await plant();
    await test.query(
      `insert into effects (id, kind, purpose, semantic_key, order_id, lane, state, correlation_id)
       values (gen_random_uuid(), 'contact', 'contact', $1, $2, $3, 'planned', 'c')`,
      [`contact:${orderId}:2`, orderId, phone],
    );
    await expect(sync(contactId)).resolves.toMatchObject({ outcome: 'accepted' });
    const [order] = await test.query('select cbb_synced from orders where order_id = $1', [orderId]);
    expect(order).toEqual({ cbb_synced: false });
  });

  it('withholds a contact whose phone no order has any more; the message waits for the contact that replaced it', async () => {
    const { contactId, orderId, messageId } = await plant();
    await test.query(`update orders set client_phone = '+972509999999' where order_id = $1`, [orderId]);
    await test.query(
      `insert into effects (id, kind, purpose, semantic_key, order_id, lane, state, correlation_id)
       values (gen_random_uuid(), 'contact', 'contact', $1, $2, '+972509999999', 'planned', 'c')`,
      [`contact:${orderId}:2`, orderId],
    );
    await expect(sync(contactId)).resolves.toMatchObject({ outcome: 'skipped', reason: 'superseded' });
    await expect(effect(messageId)).resolves.toMatchObject({ state: 'planned' });
    expect(cbb.calls).toEqual([]);
  });

  it.each(['dry-run', 'sync-disabled'] as const)(
    'calls nobody when settings withhold it (%s), and withholds the confirmation with the contact',
    async (reason) => {
      const { contactId, messageId, orderId } = await plant();
      cbb.withheld = reason;
      const result = await processor.handle({ effectId: contactId });
      cbb.withheld = undefined;
      expect(result).toMatchObject({ outcome: 'skipped', orderId, reason });
      for (const id of [contactId, messageId])
        await expect(effect(id)).resolves.toMatchObject({ state: 'skipped', reason });
      expect(cbb.calls).toEqual([]);
    },
  );
});
