import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CbbClient, VendorError } from '@visapi/backend-providers';
import { FakeCbbClient } from '@visapi/backend-providers/fake';
import { QueueModule } from '@visapi/backend-queue';
import { recoverExpired } from '@visapi/backend-repositories/effects';
import {
  createTestContext,
  createTestDatabase,
  deliverReceipts,
  metaBody,
  plantOrder,
  provideGlobally,
  queueConfig,
  takeTestRedis,
  type TestDatabase,
} from '@visapi/backend-testing';
import { ApplyReceipts } from '../commands/apply-receipts.command.js';
import { MessagingJobsModule } from './messaging-jobs.module.js';
import { BindReceipts } from '../commands/bind-receipts.command.js';
import { SendMessageProcessor } from './send-message.processor.js';

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let app: INestApplicationContext;
let processor: SendMessageProcessor;
const cbb = new FakeCbbClient();

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  const vendor = provideGlobally(new Map<object, unknown>([[CbbClient, cbb]]));
  const queue = QueueModule.forRoot(queueConfig(redis.url));
  app = await createTestContext(test.url, [vendor, queue, MessagingJobsModule]);
  processor = app.get(SendMessageProcessor);
});
afterAll(async () => {
  await app.close();
  await redis.close();
  await test.drop();
});

async function stateOf(messageId: string) {
  const [row] = await test.query<{
    state: string;
    reason: string | null;
    accepted_at: Date | null;
    read_at: Date | null;
  }>(
    `select e.state, e.reason, e.accepted_at, m.read_at from effects e join messages m on m.effect_id = e.id where e.id = $1`,
    [messageId],
  );
  return row;
}

/** As if the worker had died: the lease has run out and the sweep comes by. */
async function sweepAfterLease(messageId: string) {
  await test.query(`update effects set lease_until = now() - interval '1 second' where id = $1`, [messageId]);
  return await recoverExpired(test.database.db, 100);
}

/** A send that stands still at the vendor until the test goes on. */
async function sendAndHold(messageId: string) {
  const held = cbb.holdNext('sendTemplate');
  const result = processor.handle({ effectId: messageId });
  await held.reached;
  return { result, release: held.release };
}

async function receive(phone: string, wamid: string, statuses: readonly string[], at = new Date()) {
  const body = metaBody(statuses.map((status) => ({ id: wamid, status, at, phone: phone.slice(1) })));
  const { deliveryId } = await deliverReceipts(test.database, body);
  return await app.get(CommandBus).execute(new ApplyReceipts(deliveryId));
}

describe('a message whose worker was lost', () => {
  it('becomes uncertain when the lease runs out, and is never sent again', async () => {
    const { messageId, orderId } = await plantOrder(test);
    const claimed = await sendAndHold(messageId);
    await expect(sweepAfterLease(messageId)).resolves.toMatchObject([
      { id: messageId, orderId, state: 'uncertain' },
    ]);
    const callsBefore = cbb.calls.length;
    await expect(processor.handle({ effectId: messageId })).resolves.toEqual({ outcome: 'not-mine' });
    expect(cbb.calls).toHaveLength(callsBefore);
    claimed.release();
    await claimed.result;
  });

  it('is accepted when its worker was only slow and hears the answer after the sweep', async () => {
    const { messageId, orderId } = await plantOrder(test);
    const claimed = await sendAndHold(messageId);
    await sweepAfterLease(messageId);
    claimed.release();
    await expect(claimed.result).resolves.toMatchObject({ outcome: 'accepted' });
    await expect(stateOf(messageId)).resolves.toMatchObject({ state: 'accepted', reason: null });
    const [order] = await test.query(
      'select whatsapp_confirmation_sent as sent from orders where order_id = $1',
      [orderId],
    );
    expect(order).toEqual({ sent: true });
  });

  it('goes back to planned when the late answer is that it was not sent', async () => {
    const { messageId } = await plantOrder(test);
    cbb.failNext('sendTemplate', new VendorError('cbb', 'unavailable', 'http-429', { status: 429 }));
    const claimed = await sendAndHold(messageId);
    await sweepAfterLease(messageId);
    claimed.release();
    await expect(claimed.result).resolves.toMatchObject({ outcome: 'retry' });
    await expect(stateOf(messageId)).resolves.toMatchObject({ state: 'planned' });
  });

  it('is settled by its receipt', async () => {
    const { messageId, phone } = await plantOrder(test);
    cbb.failNext('sendTemplate', new VendorError('cbb', 'unknown', 'timeouterror'), true);
    await processor.handle({ effectId: messageId });
    await expect(receive(phone, 'wamid.settles', ['sent'])).resolves.toMatchObject({
      moved: [{ messageId, settled: true, status: 'sent', failedCode: null }],
    });
    await expect(stateOf(messageId)).resolves.toMatchObject({
      state: 'accepted',
      accepted_at: expect.any(Date),
    });
  });
});

describe('a receipt that outruns the answer of its send', () => {
  it('settles the message; the answer then fills in evidence and time, and is no error', async () => {
    const { messageId, phone, orderId } = await plantOrder(test);
    const claimed = await sendAndHold(messageId);
    await receive(phone, 'wamid.fast', ['sent', 'delivered', 'read']);
    await expect(stateOf(messageId)).resolves.toMatchObject({ state: 'accepted', read_at: expect.any(Date) });
    claimed.release();
    await expect(claimed.result).resolves.toMatchObject({ outcome: 'accepted' });
    await expect(stateOf(messageId)).resolves.toMatchObject({
      state: 'accepted',
      accepted_at: expect.any(Date),
    });
    const facts = await test.query(
      `select 1 from events where aggregate_id = $1 and type = 'message.accepted'`,
      [orderId],
    );
    expect(facts).toHaveLength(1);
  });

  it('that tells of a failure is not undone by the answer', async () => {
    const { messageId, phone } = await plantOrder(test);
    const claimed = await sendAndHold(messageId);
    await receive(phone, 'wamid.broken', ['failed']);
    claimed.release();
    await claimed.result;
    await expect(stateOf(messageId)).resolves.toMatchObject({ state: 'failed' });
  });

  it('finds its message once the answer is recorded, when several were possible before', async () => {
    const first = await plantOrder(test);
    const second = await plantOrder(test, { phone: first.phone });
    cbb.failNext('sendTemplate', new VendorError('cbb', 'unknown', 'timeouterror'));
    await processor.handle({ effectId: first.messageId });
    const claimed = await sendAndHold(second.messageId);
    await expect(receive(first.phone, 'wamid.second', ['sent', 'read'])).resolves.toMatchObject({
      moved: [],
    });
    claimed.release();
    await claimed.result;
    // What the sweep does a few seconds later.
    await app.get(CommandBus).execute(new BindReceipts());
    await expect(stateOf(second.messageId)).resolves.toMatchObject({
      state: 'accepted',
      read_at: expect.any(Date),
    });
    await expect(stateOf(first.messageId)).resolves.toMatchObject({ state: 'uncertain', read_at: null });
  });
});
