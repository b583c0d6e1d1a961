import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CbbClient, VendorError } from '@visapi/backend-providers';
import { FakeCbbClient } from '@visapi/backend-providers/fake';
import { QueueModule } from '@visapi/backend-queue';
import {
  createTestContext,
  createTestDatabase,
  plantOrder,
  provideGlobally,
  queueConfig,
  takeTestRedis,
  type TestDatabase,
} from '@visapi/backend-testing';
import { CheckCbbFields } from './check-cbb-fields.timer.js';
import { ContactsJobsModule } from './contacts-jobs.module.js';
import { SyncContactProcessor } from './sync-contact.processor.js';

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let cbb: FakeCbbClient;
let app: INestApplicationContext;
const allWritten = [
  'customer_name',
  'Email',
  'OrderNumber',
  'visa_country',
  'visa_flag',
  'visa_type',
  'visa_quantity',
  'order_days',
  'order_sum_ils',
  'order_urgent',
  'wa_alerts',
  'order_date_time',
];

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
});
beforeEach(async () => {
  await app?.close();
  cbb = new FakeCbbClient();
  const vendor = provideGlobally(new Map<object, unknown>([[CbbClient, cbb]]));
  const queue = QueueModule.forRoot(queueConfig(redis.url));
  app = await createTestContext(test.url, [vendor, queue, ContactsJobsModule]);
});
afterAll(async () => {
  await app.close();
  await redis.close();
  await test.drop();
});

const failure = (kind: VendorError['kind'], reason: string) => new VendorError('cbb', kind, reason);
const sync = async (effectId: string) => await app.get(SyncContactProcessor).handle({ effectId });
const plant = async (phone?: string) => await plantOrder(test, { contact: 'planned', phone });
const fieldsAt = (phone: string) => cbb.contacts.get(phone.slice(1))?.fields ?? new Map<string, string>();

type Lists = Readonly<Record<string, readonly string[] | undefined>>;

async function evidence(id: string) {
  const [row] = await test.query<{ state: string; reason: string | null; evidence: Lists }>(
    'select state, reason, evidence from effects where id = $1',
    [id],
  );
  return row ?? { state: '', reason: '', evidence: {} };
}

/** An order of which the CRM holds an entry date, and a newer one of the same phone that has none. */
async function withoutDate() {
  const older = await plant();
  await test.query(`update orders set entry_date = '2026-03-05' where order_id = $1`, [older.orderId]);
  await sync(older.contactId);
  expect(fieldsAt(older.phone).get('order_date')).toBe('1772668800');
  return await plant(older.phone);
}

describe('what became of each field of a contact', () => {
  it('is in the evidence, by name: written and left out', async () => {
    const { contactId } = await plant();
    await sync(contactId);
    const { evidence: told } = await evidence(contactId);
    expect(told['written']?.toSorted()).toEqual(allWritten.toSorted());
    expect(told['leftOut']).toContain('order_date');
    expect(told).not.toHaveProperty('refused');
  });

  it('names what was kept, because CBB had confirmed it before the sync was interrupted', async () => {
    const first = await plant();
    await sync(first.contactId);
    const { contactId } = await plant(first.phone);
    let written = 0;
    const fields = fieldsAt(first.phone);
    const set = fields.set.bind(fields);
    fields.set = (name, value) => {
      if ((written += 1) === 4) throw failure('unknown', 'timeouterror');
      return set(name, value);
    };
    await expect(sync(contactId)).resolves.toMatchObject({ outcome: 'retry' });
    fields.set = set;
    expect((await evidence(contactId)).evidence['written']).toHaveLength(3);
    await sync(contactId);
    const { evidence: told } = await evidence(contactId);
    expect(told['kept']).toHaveLength(3);
    expect(told['written']).toHaveLength(allWritten.length - 3);
  });

  it('names a field that CBB refuses for good; the others are written, and a person is asked', async () => {
    const known = await plant();
    await sync(known.contactId);
    const { contactId, messageId, orderId, phone } = await plant(known.phone);
    cbb.failNext('setField', failure('rejected', 'http-422'));
    await expect(sync(contactId)).resolves.toMatchObject({
      outcome: 'failed',
      reason: 'field-refused',
      attention: true,
    });
    const told = await evidence(contactId);
    expect(told).toMatchObject({ state: 'failed', reason: 'field-refused' });
    expect(told.evidence['refused']).toEqual(['customer_name']);
    expect(told.evidence['written']).toHaveLength(allWritten.length - 1);
    expect(fieldsAt(phone).get('OrderNumber')).toBe(orderId);
    await expect(evidence(messageId)).resolves.toMatchObject({ state: 'failed', reason: 'contact-failed' });
  });

  it('does not call a field refused that a later try has written', async () => {
    const known = await plant();
    await sync(known.contactId);
    const { contactId } = await plant(known.phone);
    cbb.failNext('setField', failure('rejected', 'http-422'));
    cbb.failNext('setField', failure('unknown', 'http-500'));
    await expect(sync(contactId)).resolves.toMatchObject({ outcome: 'retry' });
    await expect(sync(contactId)).resolves.toMatchObject({ outcome: 'accepted' });
    expect((await evidence(contactId)).evidence).not.toHaveProperty('refused');
  });

  it('is cleared where the newest order has no value for what an older one has left', async () => {
    const { contactId, phone } = await withoutDate();
    await expect(sync(contactId)).resolves.toMatchObject({ outcome: 'accepted' });
    expect(fieldsAt(phone).has('order_date')).toBe(false);
    expect((await evidence(contactId)).evidence['cleared']).toEqual(['order_date']);
  });

  it.each([
    ['refuses', failure('rejected', 'http-404')],
    ['fails', failure('unknown', 'http-500')],
  ])(
    'is not cleared where CBB %s, which keeps nobody waiting and is tried by the next sync',
    async (_how, error) => {
      const { contactId, phone } = await withoutDate();
      cbb.failNext('clearField', error);
      await expect(sync(contactId)).resolves.toMatchObject({ outcome: 'accepted', attempt: 1 });
      expect((await evidence(contactId)).evidence['notCleared']).toEqual(['order_date']);
      const next = await plant(phone);
      await sync(next.contactId);
      expect(fieldsAt(phone).has('order_date')).toBe(false);
    },
  );

  it('says wrong id where the account knows the id as another field, which is then never written', async () => {
    cbb.accountFields = [{ id: cbb.fieldIds['visa_country'] ?? 0, name: 'shoe_size' }];
    await app.get(CheckCbbFields).look();
    const unknown = await plant();
    await sync(unknown.contactId);
    const known = await plant(unknown.phone);
    await expect(sync(known.contactId)).resolves.toMatchObject({ outcome: 'accepted' });
    for (const { contactId } of [unknown, known])
      expect((await evidence(contactId)).evidence['wrongId']).toEqual(['visa_country']);
    expect(fieldsAt(known.phone).has('visa_country')).toBe(false);
    expect(fieldsAt(known.phone).get('OrderNumber')).toBe(known.orderId);
  });
});
