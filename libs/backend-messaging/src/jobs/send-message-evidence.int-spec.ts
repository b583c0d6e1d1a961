import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
import { MessagingJobsModule } from './messaging-jobs.module.js';
import { SendMessageProcessor } from './send-message.processor.js';

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let app: INestApplicationContext;
const cbb = new FakeCbbClient();

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  const vendor = provideGlobally(new Map<object, unknown>([[CbbClient, cbb]]));
  const queue = QueueModule.forRoot(queueConfig(redis.url));
  app = await createTestContext(test.url, [vendor, queue, MessagingJobsModule]);
});
afterAll(async () => {
  await app.close();
  await redis.close();
  await test.drop();
});

const send = async (effectId: string) => await app.get(SendMessageProcessor).handle({ effectId });
const busy = new VendorError('cbb', 'unavailable', 'http-429', { status: 429 });
const digest = expect.stringMatching(/^[0-9a-f]{64}$/);
const durationMs = expect.any(Number);

async function evidenceOf(id: string) {
  const [row] = await test.query<{ state: string; evidence: object }>(
    'select state, evidence from effects where id = $1',
    [id],
  );
  return row;
}

describe('the evidence of a message', () => {
  const answered = { vendor: 'cbb', attempt: 1, durationMs };
  it.each([
    ['accepted', undefined, { answer: 'success', status: 200, responseSha256: digest }],
    [
      'failed',
      new VendorError('cbb', 'rejected', 'http-400', { status: 400 }),
      { answer: 'http-400', status: 400, responseSha256: digest },
    ],
    [
      'uncertain',
      new VendorError('cbb', 'unknown', 'http-500', { status: 500 }),
      { answer: 'http-500', status: 500, responseSha256: digest },
    ],
    [
      'uncertain',
      new VendorError('cbb', 'unknown', 'timeouterror'),
      { answer: 'timeouterror', status: null, responseSha256: null },
    ],
    ['planned', busy, { answer: 'http-429', status: 429, responseSha256: digest }],
  ])('of one that is %s (%s) holds all that is known of the answer', async (state, error, told) => {
    const { messageId } = await plantOrder(test);
    if (error) cbb.failNext('sendTemplate', error);
    await send(messageId);
    await expect(evidenceOf(messageId)).resolves.toEqual({ state, evidence: { ...answered, ...told } });
  });

  it('is that of its last attempt alone', async () => {
    const { messageId } = await plantOrder(test);
    cbb.failNext('sendTemplate', busy);
    await send(messageId);
    cbb.failNext('sendTemplate', new VendorError('cbb', 'unknown', 'econnreset'));
    await send(messageId);
    await expect(evidenceOf(messageId)).resolves.toEqual({
      state: 'uncertain',
      evidence: {
        vendor: 'cbb',
        attempt: 2,
        answer: 'econnreset',
        status: null,
        responseSha256: null,
        durationMs,
      },
    });
  });

  it('claims no answer that a worker which died never told', async () => {
    const { messageId } = await plantOrder(test);
    cbb.failNext('sendTemplate', busy);
    await send(messageId);
    await test.query(
      `update effects set state = 'claimed', attempt = 2, lease_until = now() - interval '1 second' where id = $1`,
      [messageId],
    );
    await recoverExpired(test.database.db, 10);
    await expect(evidenceOf(messageId)).resolves.toEqual({
      state: 'uncertain',
      evidence: {
        vendor: 'cbb',
        attempt: 2,
        answer: 'lease-expired',
        status: null,
        responseSha256: null,
        durationMs: null,
      },
    });
  });
});
