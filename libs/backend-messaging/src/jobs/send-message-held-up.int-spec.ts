import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CbbClient } from '@visapi/backend-providers';
import { FakeCbbClient } from '@visapi/backend-providers/fake';
import { LeaseKeeper, QueueModule } from '@visapi/backend-queue';
import { EffectsRepository, recoverExpired } from '@visapi/backend-repositories/effects';
import { MessagesRepository, settleAsNotSent } from '@visapi/backend-repositories/messaging';
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

/** Between its claim and the sending the worker stands still once; the database may be away then. */
class StandingStill extends MessagesRepository {
  meanwhile: ((effectId: string) => Promise<void>) | undefined;
  lostAnswers = 0;

  override async claim(...asked: Parameters<MessagesRepository['claim']>) {
    const claim = await super.claim(...asked);
    const { meanwhile } = this;
    this.meanwhile = undefined;
    await meanwhile?.(asked[1]);
    return claim;
  }

  override async release(...given: Parameters<MessagesRepository['release']>) {
    if (this.lostAnswers > 0) {
      this.lostAnswers -= 1;
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    }
    return await super.release(...given);
  }
}

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let app: INestApplicationContext;
let processor: SendMessageProcessor;
const cbb = new FakeCbbClient();
const messages = new StandingStill();

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  const vendor = provideGlobally(new Map<object, unknown>([[CbbClient, cbb]]));
  const queue = QueueModule.forRoot(queueConfig(redis.url));
  app = await createTestContext(test.url, [vendor, queue, MessagingJobsModule]);
  const effects = app.get(EffectsRepository, { strict: false });
  const leases = app.get(LeaseKeeper, { strict: false });
  processor = new SendMessageProcessor(test.database, messages, effects, cbb, leases);
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(async () => {
  await app.close();
  await redis.close();
  await test.drop();
});

/** Sends a message while so many milliseconds go by after its claim, and something happens to it. */
async function sendLate(ms: number, happens: (messageId: string) => Promise<unknown>) {
  const { messageId, orderId, phone } = await plantOrder(test);
  const before = cbb.calls.length;
  messages.meanwhile = async (claimed) => {
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + ms);
    await happens(claimed);
  };
  const result = await processor.handle({ effectId: messageId });
  jest.restoreAllMocks();
  return { messageId, orderId, phone, result, calls: () => cbb.calls.length - before };
}

async function sweep(messageId: string) {
  await test.query(`update effects set lease_until = now() - interval '1 second' where id = $1`, [messageId]);
  await expect(recoverExpired(test.database.db, 100)).resolves.toMatchObject([{ state: 'uncertain' }]);
}

async function settle(messageId: string) {
  await sweep(messageId);
  await expect(settleAsNotSent(test.database.db, messageId)).resolves.toBe('planned');
}

/** As a change of the order writes it beside a message that is claimed. */
async function cancel(messageId: string) {
  const change = `update messages set next_state = 'skipped', next_reason = 'canceled' where effect_id = $1`;
  await test.query(change, [messageId]);
}

async function stateOf(messageId: string) {
  const [row] = await test.query(
    `select state, reason, attempt, tries, evidence, due_at <= clock_timestamp() as due from effects where id = $1`,
    [messageId],
  );
  return row;
}

describe('a message whose worker stood still between its claim and the sending', () => {
  it.each([
    ['though nobody has taken it away yet', 10_000, async () => await Promise.resolve()],
    ['when it was taken for uncertain meanwhile', 20_000, sweep],
  ])('is given back unsent, %s, and then sent once', async (_name, ms, happens) => {
    const { messageId, result, calls } = await sendLate(ms, happens);
    const next = [{ id: `send-message-${messageId}-1`, payload: { effectId: messageId } }];
    expect(result).toMatchObject({ outcome: 'retry', reason: 'held-up', next });
    expect(calls()).toBe(0);
    await expect(stateOf(messageId)).resolves.toMatchObject({
      ...{ state: 'planned', reason: 'held-up', attempt: 1, tries: 0, due: true },
      evidence: { vendor: null, answer: 'held-up', attempt: 1, status: null, durationMs: null },
    });
    await expect(processor.handle({ effectId: messageId })).resolves.toMatchObject({ outcome: 'accepted' });
    expect(calls()).toBe(1);
  });

  it('stands still by the wall clock, too: a machine that slept has a monotonic clock that did', async () => {
    const { messageId } = await plantOrder(test);
    const before = cbb.calls.length;
    messages.meanwhile = async () => {
      const now = Date.now.bind(Date);
      jest.spyOn(Date, 'now').mockImplementation(() => now() + 150_000);
      await Promise.resolve();
    };
    await expect(processor.handle({ effectId: messageId })).resolves.toMatchObject({ outcome: 'retry' });
    expect(cbb.calls).toHaveLength(before);
  });

  it('is not sent when its order was canceled meanwhile', async () => {
    const { messageId, result, calls } = await sendLate(10_000, cancel);
    expect(result).toMatchObject({ outcome: 'skipped' });
    expect(calls()).toBe(0);
    await expect(stateOf(messageId)).resolves.toMatchObject({ state: 'skipped', reason: 'canceled' });
  });

  it('is left to the operator who has settled it as not sent meanwhile, and sent once', async () => {
    const { messageId, result, calls } = await sendLate(150_000, settle);
    expect(result).toMatchObject({ outcome: 'claim-lost', attention: true });
    expect(calls()).toBe(0);
    await expect(stateOf(messageId)).resolves.toMatchObject({ state: 'planned', reason: 'settled-not-sent' });
    await expect(processor.handle({ effectId: messageId })).resolves.toMatchObject({ outcome: 'accepted' });
    expect(calls()).toBe(1);
  });

  it('is left to the worker that has sent it meanwhile', async () => {
    const { messageId, result, calls } = await sendLate(150_000, async (claimed) => {
      await settle(claimed);
      await expect(processor.handle({ effectId: claimed })).resolves.toMatchObject({ outcome: 'accepted' });
    });
    expect(result).toMatchObject({ outcome: 'claim-lost' });
    expect(calls()).toBe(1);
    await expect(stateOf(messageId)).resolves.toMatchObject({ state: 'accepted', reason: null, attempt: 2 });
  });

  it('is given back although the database is away for a moment', async () => {
    messages.lostAnswers = 1;
    const { messageId, result } = await sendLate(20_000, sweep);
    expect(result).toMatchObject({ outcome: 'retry' });
    expect(messages.lostAnswers).toBe(0);
    await expect(stateOf(messageId)).resolves.toMatchObject({ state: 'planned' });
  });
});
