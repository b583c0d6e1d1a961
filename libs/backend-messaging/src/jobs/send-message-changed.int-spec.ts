import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CbbClient, VendorError } from '@visapi/backend-providers';
import { FakeCbbClient } from '@visapi/backend-providers/fake';
import { QueueModule } from '@visapi/backend-queue';
import { OrdersRepository } from '@visapi/backend-repositories/orders';
import {
  createTestContext,
  createTestDatabase,
  deliverReceipts,
  metaBody,
  type PlantedOrder,
  plantOrder,
  provideGlobally,
  queueConfig,
  takeTestRedis,
  type TestDatabase,
} from '@visapi/backend-testing';
import { ApplyReceipts } from '../commands/apply-receipts.command.js';
import { BindReceipts } from '../commands/bind-receipts.command.js';
import { MessagingJobsModule } from './messaging-jobs.module.js';
import { SendMessageProcessor } from './send-message.processor.js';

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let app: INestApplicationContext;
let cbb: FakeCbbClient;
let processor: SendMessageProcessor;
const busy = new VendorError('cbb', 'unavailable', 'http-429', { status: 429 });

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
});
beforeEach(async () => {
  await app?.close();
  cbb = new FakeCbbClient();
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

/** The send stands still at the vendor, `meanwhile` happens, then the vendor answers. */
async function sendWhile({ messageId }: PlantedOrder, meanwhile: () => Promise<unknown>) {
  const held = cbb.holdNext('sendTemplate');
  const result = processor.handle({ effectId: messageId });
  await held.reached;
  await meanwhile();
  held.release();
  return await result;
}

/** What a later delivery makes of the order's confirmation, as the orders context writes it. */
async function demand(
  order: PlantedOrder,
  wanted: { state: 'planned' | 'skipped'; reason?: string; phone?: string },
) {
  const { state, reason = null, phone = null } = wanted;
  const parameters =
    phone === null ? null : Buffer.from(JSON.stringify(Array.from({ length: 8 }, () => 'חדש')));
  const row = await new OrdersRepository().lock(test.database.db, order.orderId);
  if (!row) throw new Error('planted order is missing');
  await new OrdersRepository().applyChange(test.database.db, {
    orderId: order.orderId,
    content: { branch: 'il', isUrgent: false, whatsappAlertsEnabled: state === 'planned' },
    appliedPosition: row.appliedPosition + 1,
    contact: undefined,
    notices: undefined,
    applicantIds: undefined,
    review: [],
    confirmation: { state, reason, phone, parameters },
    event: {
      type: 'order.changed',
      aggregateType: 'order',
      aggregateId: order.orderId,
      aggregateVersion: row.eventVersion + 1,
      actor: 'test',
      correlationId: 'changed',
      payload: {},
    },
  });
}

async function look({ messageId }: PlantedOrder) {
  const [row] = await test.query<Record<string, unknown>>(
    `select e.state, e.reason, m.phone, m.provider_message_id, m.read_at, o.whatsapp_confirmation_sent as told
     from effects e join messages m on m.effect_id = e.id join orders o on o.order_id = e.order_id where e.id = $1`,
    [messageId],
  );
  return row;
}

async function receive(phone: string, id: string, statuses: readonly string[]) {
  const body = metaBody(statuses.map((status) => ({ id, status, phone: phone.slice(1), at: new Date() })));
  const { deliveryId } = await deliverReceipts(test.database, body);
  return await app.get(CommandBus).execute(new ApplyReceipts(deliveryId));
}

describe('an order that changes while its confirmation is under way and then not sent', () => {
  it('is not told after consent was withdrawn', async () => {
    const order = await plantOrder(test);
    cbb.failNext('sendTemplate', busy);
    const result = await sendWhile(order, () => demand(order, { state: 'skipped', reason: 'no-consent' }));
    expect(result).toMatchObject({ outcome: 'skipped' });
    await expect(look(order)).resolves.toMatchObject({ state: 'skipped', reason: 'no-consent' });
    await expect(processor.handle({ effectId: order.messageId })).resolves.toEqual({ outcome: 'not-mine' });
    expect(cbb.sent).toEqual([]);
  });

  it('is told at its new phone with its new words', async () => {
    const order = await plantOrder(test);
    cbb.failNext('sendTemplate', busy);
    await sendWhile(order, () => demand(order, { state: 'planned', phone: '+972509999999' }));
    await test.query('update effects set due_at = now() where id = $1', [order.messageId]);
    await expect(processor.handle({ effectId: order.messageId })).resolves.toMatchObject({
      outcome: 'accepted',
    });
    expect(cbb.sent).toMatchObject([
      { phone: '972509999999', parameters: Array.from({ length: 8 }, () => 'חדש') },
    ]);
  });

  it('is tried at its new phone although the old one was refused for good', async () => {
    const order = await plantOrder(test);
    cbb.failNext('sendTemplate', new VendorError('cbb', 'rejected', 'http-400', { status: 400 }));
    await sendWhile(order, () => demand(order, { state: 'planned', phone: '+972509999998' }));
    await expect(look(order)).resolves.toMatchObject({ state: 'planned', phone: '+972509999998' });
  });

  it('keeps what was said when the confirmation did go out', async () => {
    const order = await plantOrder(test);
    await sendWhile(order, () => demand(order, { state: 'skipped', reason: 'canceled' }));
    await expect(look(order)).resolves.toMatchObject({ state: 'accepted', phone: order.phone });
  });
});

describe("somebody else's receipt for the phone of a message under way", () => {
  it('does not stand for a message that the vendor then says was not sent', async () => {
    const order = await plantOrder(test);
    cbb.failNext('sendTemplate', busy);
    const result = await sendWhile(order, () => receive(order.phone, 'wamid.foreign', ['sent', 'read']));
    expect(result).toMatchObject({ outcome: 'retry' });
    const unsent = { state: 'planned', provider_message_id: null, read_at: null, told: false };
    await expect(look(order)).resolves.toMatchObject(unsent);
    await test.query('update effects set due_at = now() where id = $1', [order.messageId]);
    await expect(processor.handle({ effectId: order.messageId })).resolves.toMatchObject({
      outcome: 'accepted',
    });
    await app.get(CommandBus).execute(new BindReceipts());
    await expect(look(order)).resolves.toMatchObject({ state: 'accepted', provider_message_id: null });
    await receive(order.phone, 'wamid.own', ['delivered']);
    await expect(look(order)).resolves.toMatchObject({ provider_message_id: 'wamid.own', read_at: null });
  });

  it('does not make it go out with what the order said before consent was withdrawn', async () => {
    const order = await plantOrder(test);
    cbb.failNext('sendTemplate', busy);
    const result = await sendWhile(order, async () => {
      await receive(order.phone, 'wamid.foreign-2', ['sent']);
      await demand(order, { state: 'skipped', reason: 'no-consent' });
    });
    expect(result).toMatchObject({ outcome: 'skipped' });
    await expect(look(order)).resolves.toMatchObject({ state: 'skipped', reason: 'no-consent', told: false });
  });

  it('does not make it go out to the phone that the order has left', async () => {
    const order = await plantOrder(test);
    cbb.failNext('sendTemplate', busy);
    await sendWhile(order, async () => {
      await receive(order.phone, 'wamid.foreign-3', ['sent', 'delivered']);
      await demand(order, { state: 'planned', phone: '+972509999997' });
    });
    await expect(look(order)).resolves.toMatchObject({ state: 'planned', phone: '+972509999997' });
  });
});
