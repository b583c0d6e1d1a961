import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
import { ContactsJobsModule } from './contacts-jobs.module.js';
import { SyncContactProcessor } from './sync-contact.processor.js';

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let app: INestApplicationContext;
const cbb = new FakeCbbClient();

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  const vendor = provideGlobally(new Map<object, unknown>([[CbbClient, cbb]]));
  const queue = QueueModule.forRoot(queueConfig(redis.url));
  app = await createTestContext(test.url, [vendor, queue, ContactsJobsModule]);
});
afterAll(async () => {
  await app.close();
  await redis.close();
  await test.drop();
});

const sync = async (effectId: string) => await app.get(SyncContactProcessor).handle({ effectId });
const digest = expect.stringMatching(/^[0-9a-f]{64}$/);
const durationMs = expect.any(Number);

async function evidenceOf(id: string) {
  const [row] = await test.query<{ state: string; evidence: object }>(
    'select state, evidence from effects where id = $1',
    [id],
  );
  return row;
}

describe('the evidence of a contact', () => {
  it('that is synced holds the id at the CRM and its last answer', async () => {
    const { contactId, phone } = await plantOrder(test, { contact: 'planned' });
    await sync(contactId);
    await expect(evidenceOf(contactId)).resolves.toMatchObject({
      state: 'accepted',
      evidence: {
        vendor: 'cbb',
        answer: 'success',
        attempt: 1,
        status: 200,
        responseSha256: digest,
        durationMs,
        contactId: phone.slice(1),
      },
    });
  });

  it('that failed holds the answer that refused it', async () => {
    const { contactId } = await plantOrder(test, { contact: 'planned' });
    cbb.failNext('createContact', new VendorError('cbb', 'rejected', 'http-422', { status: 422 }));
    await sync(contactId);
    await expect(evidenceOf(contactId)).resolves.toEqual({
      state: 'failed',
      evidence: {
        vendor: 'cbb',
        answer: 'http-422',
        attempt: 1,
        status: 422,
        responseSha256: digest,
        durationMs,
        leftOut: expect.any(Array),
      },
    });
  });

  it('that is tried again shows nothing of an earlier attempt', async () => {
    const { contactId } = await plantOrder(test, { contact: 'planned' });
    cbb.failNext('getContact', new VendorError('cbb', 'unknown', 'http-503', { status: 503 }));
    await sync(contactId);
    cbb.failNext('getContact', new TypeError('invented'));
    await sync(contactId);
    await expect(evidenceOf(contactId)).resolves.toMatchObject({
      state: 'planned',
      evidence: { vendor: null, answer: 'TypeError', attempt: 2, status: null, responseSha256: null },
    });
  });
});
