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
import { MessagingJobsModule } from './messaging-jobs.module.js';
import { sendRetries } from './send-message.job.js';
import { SendMessageProcessor } from './send-message.processor.js';

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let cbb: FakeCbbClient;
let app: INestApplicationContext;
let processor: SendMessageProcessor;

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
});
beforeEach(async () => {
  await app?.close();
  cbb = new FakeCbbClient();
  app = await start();
  processor = app.get(SendMessageProcessor);
});
afterAll(async () => {
  await app.close();
  await redis.close();
  await test.drop();
});

async function start(): Promise<INestApplicationContext> {
  const vendor = provideGlobally(new Map<object, unknown>([[CbbClient, cbb]]));
  const queue = QueueModule.forRoot(queueConfig(redis.url));
  return await createTestContext(test.url, [vendor, queue, MessagingJobsModule]);
}

const failure = (kind: VendorError['kind'], reason: string, facts = {}) =>
  new VendorError('cbb', kind, reason, facts);
const send = async (effectId: string) => await processor.handle({ effectId });

async function effect(id: string) {
  const [row] = await test.query<Record<string, unknown>>(
    `select state, reason, attempt, evidence, lease_until, accepted_at, uncertain_at, failed_at,
       extract(epoch from due_at - clock_timestamp()) as due_in from effects where id = $1`,
    [id],
  );
  return row;
}

describe('the send-message job', () => {
  it('succeeds: the customer is told once, the order says so, the fact is recorded', async () => {
    const { messageId, orderId, phone } = await plantOrder(test);
    await expect(send(messageId)).resolves.toMatchObject({
      outcome: 'accepted',
      event: 'message.accepted',
      orderId,
    });
    expect(cbb.sent).toMatchObject([
      {
        phone: phone.slice(1),
        template: 'order_confirmation_global',
        language: 'he',
        parameters: { length: 8 },
      },
    ]);
    await expect(effect(messageId)).resolves.toMatchObject({
      state: 'accepted',
      attempt: 1,
      lease_until: null,
      evidence: { vendor: 'cbb', answer: 'success' },
    });
    const [order] = await test.query('select whatsapp_confirmation_sent from orders where order_id = $1', [
      orderId,
    ]);
    expect(order).toEqual({ whatsapp_confirmation_sent: true });
    const events = await test.query(
      'select type, payload from events where aggregate_id = $1 order by position',
      [orderId],
    );
    expect(events.at(-1)).toEqual({ type: 'message.accepted', payload: { messageEffectId: messageId } });
  });

  it('runs twice: the customer is told once', async () => {
    const { messageId } = await plantOrder(test);
    await send(messageId);
    await expect(send(messageId)).resolves.toEqual({ outcome: 'not-mine' });
    expect(cbb.sent).toHaveLength(1);
  });

  it('runs in many workers at once: the customer is told once', async () => {
    const { messageId } = await plantOrder(test);
    const results = await Promise.all(Array.from({ length: 6 }, () => send(messageId)));
    expect(results.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(1);
    expect(cbb.sent).toHaveLength(1);
  });

  it.each([
    ['a refused connection', failure('unavailable', 'econnrefused')],
    ['success false', failure('unavailable', 'success-false', { status: 200 })],
  ])('fails with %s, then succeeds: what was not sent is sent later', async (_name, error) => {
    const { messageId } = await plantOrder(test);
    cbb.failNext('sendTemplate', error);
    const result = await send(messageId);
    expect(result).toMatchObject({ outcome: 'retry', event: 'message.retry', reason: error.reason });
    expect(result.next).toMatchObject([
      { id: `send-message-${messageId}-1`, payload: { effectId: messageId } },
    ]);
    await expect(effect(messageId)).resolves.toMatchObject({
      state: 'planned',
      attempt: 1,
      reason: error.reason,
    });
    await expect(send(messageId)).resolves.toMatchObject({ outcome: 'accepted', attempt: 2 });
    expect(cbb.sent).toHaveLength(1);
  });

  it('waits as long as the vendor asks', async () => {
    const { messageId } = await plantOrder(test);
    cbb.failNext('sendTemplate', failure('unavailable', 'http-429', { status: 429, retryAfterMs: 90_000 }));
    const result = await send(messageId);
    expect(result.next?.[0]?.delayMs).toBe(90_000);
    expect(Number((await effect(messageId))?.['due_in'])).toBeGreaterThan(80);
  });

  it('outlasts ten minutes of business refusals, then marks it failed, asking for attention', async () => {
    const { messageId } = await plantOrder(test);
    let waitedMs = 0;
    for (let attempt = 1; attempt <= sendRetries.mostTries; attempt += 1) {
      cbb.failNext('sendTemplate', failure('unavailable', 'success-false', { status: 200 }));
      const isLast = attempt === sendRetries.mostTries;
      const outcome = isLast ? { outcome: 'failed', attention: true } : { outcome: 'retry' };
      const result = await send(messageId);
      expect(result).toMatchObject({ attempt, ...outcome });
      waitedMs += result.next?.[0]?.delayMs ?? 0;
    }
    // Each wait is drawn from a half of its length to the whole.
    expect(waitedMs).toBeGreaterThan(6 * 60_000);
    expect(waitedMs).toBeLessThan(14 * 60_000);
    await expect(effect(messageId)).resolves.toMatchObject({
      state: 'failed',
      reason: 'success-false',
      attempt: sendRetries.mostTries,
    });
    await expect(send(messageId)).resolves.toEqual({ outcome: 'not-mine' });
  });

  it('marks it failed at once when the vendor will not do it', async () => {
    const { messageId } = await plantOrder(test);
    cbb.failNext('sendTemplate', failure('rejected', 'http-400', { status: 400 }));
    await expect(send(messageId)).resolves.toMatchObject({
      outcome: 'failed',
      event: 'message.failed',
      attention: true,
    });
    await expect(effect(messageId)).resolves.toMatchObject({ state: 'failed', evidence: { status: 400 } });
  });

  it.each([
    ['a time-out', failure('unknown', 'timeouterror'), true],
    ['a server error', failure('unknown', 'http-500', { status: 500 }), false],
    ['a reset connection', failure('unknown', 'econnreset'), true],
    ['an answer it cannot read', failure('unknown', 'unreadable-answer'), true],
    ['an answer of another shape', failure('unexpected', 'unexpected-shape'), true],
  ])('is uncertain after %s, and is never sent again by itself', async (_name, error, afterwards) => {
    const { messageId } = await plantOrder(test);
    cbb.failNext('sendTemplate', error, afterwards);
    const result = await send(messageId);
    expect(result).toMatchObject({ outcome: 'uncertain', event: 'message.uncertain', attention: true });
    expect(result.next).toBeUndefined();
    await expect(effect(messageId)).resolves.toMatchObject({
      state: 'uncertain',
      uncertain_at: expect.any(Date),
    });
    await expect(send(messageId)).resolves.toEqual({ outcome: 'not-mine' });
    expect(cbb.calls).toHaveLength(1);
  });

  it('is not sent before the contact is synced, and not when the contact failed', async () => {
    for (const contact of ['planned', 'failed'] as const) {
      const { messageId } = await plantOrder(test, { contact });
      await expect(send(messageId)).resolves.toEqual({ outcome: 'not-mine' });
    }
    expect(cbb.calls).toEqual([]);
  });

  it('is not sent while a newer version of its contact waits', async () => {
    const { messageId, contactId, orderId } = await plantOrder(test);
    await test.query(
      `insert into effects (id, kind, purpose, semantic_key, order_id, lane, state, correlation_id)
       select gen_random_uuid(), kind, 'contact', 'contact:' || order_id || ':2', order_id, '+972500000099', 'planned', 'c'
       from effects where id = $1`,
      [contactId],
    );
    await expect(send(messageId)).resolves.toEqual({ outcome: 'not-mine' });
    await test.query(
      `update effects set state = 'accepted', accepted_at = now() where order_id = $1 and kind = 'contact'`,
      [orderId],
    );
    await expect(send(messageId)).resolves.toMatchObject({ outcome: 'accepted' });
  });

  it('is not sent after 72 hours', async () => {
    const { messageId, orderId } = await plantOrder(test);
    await test.query(
      `update orders set first_received_at = now() - interval '72 hours 1 second' where order_id = $1`,
      [orderId],
    );
    await expect(send(messageId)).resolves.toEqual({ outcome: 'not-mine' });
    expect(cbb.calls).toEqual([]);
  });

  it('is not sent when consent was withdrawn meanwhile', async () => {
    const { messageId } = await plantOrder(test);
    await test.query(`update effects set state = 'skipped', reason = 'no-consent' where id = $1`, [
      messageId,
    ]);
    await expect(send(messageId)).resolves.toEqual({ outcome: 'not-mine' });
    expect(cbb.calls).toEqual([]);
  });

  it.each(['dry-run', 'sync-disabled'] as const)(
    'calls nobody when settings withhold it (%s), and records why',
    async (reason) => {
      const { messageId, orderId } = await plantOrder(test);
      cbb.withheld = reason;
      const result = await processor.handle({ effectId: messageId });
      cbb.withheld = undefined;
      expect(result).toMatchObject({ outcome: 'skipped', orderId, reason });
      await expect(effect(messageId)).resolves.toMatchObject({ state: 'skipped', reason });
      expect(cbb.calls).toEqual([]);
    },
  );
});
