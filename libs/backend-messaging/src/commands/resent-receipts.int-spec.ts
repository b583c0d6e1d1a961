import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import { planMessages } from '@visapi/backend-repositories/effects';
import { DeliveriesRepository } from '@visapi/backend-repositories/inbox';
import {
  MessageListsRepository,
  MessagesRepository,
  ReceiptsRepository,
} from '@visapi/backend-repositories/messaging';
import {
  createTestDatabase,
  deliverReceipts,
  metaBody,
  plantOrder,
  type TestDatabase,
} from '@visapi/backend-testing';
import { ApplyReceipts, ApplyReceiptsHandler } from './apply-receipts.command.js';

let test: TestDatabase;
let handler: ApplyReceiptsHandler;
const messages = new MessagesRepository();
const lists = new MessageListsRepository();

beforeAll(async () => {
  test = await createTestDatabase();
  handler = new ApplyReceiptsHandler(test.database, new DeliveriesRepository(), new ReceiptsRepository());
});
afterAll(async () => await test.drop());

/** An order whose confirmation has reached its customer, and the same once more, planned by an operator. */
async function toldAndAgain() {
  const order = await plantOrder(test);
  const { orderId, phone, messageId } = order;
  await claim(messageId).then((first) => messages.markAccepted(test.database.db, first, {}));
  await receive(phone, [`wamid.${messageId}`, 'delivered']);
  const again = newId();
  const effect = {
    id: again,
    kind: 'message',
    purpose: 'confirmation',
    semanticKey: `message:order_confirmation:${orderId}:resend:${again}`,
    orderId,
    lane: phone,
    state: 'planned',
    reason: null,
    correlationId: 'again',
    resendOf: messageId,
  };
  const message = {
    template: 'order_confirmation_global',
    language: 'he',
    phone,
    parameters: Buffer.from('[]'),
  };
  const by = { actor: 'key:operator', correlationId: 'again', pauseMs: 0 };
  await planMessages(test.database.db, orderId, [{ effect, message }], by);
  return { ...order, again };
}

async function claim(id: string) {
  const claimed = await messages.claim(test.database.db, id, newId(), 3600);
  if (!claimed) throw new Error('The message was not claimed');
  return claimed;
}

async function receive(phone: string, ...statuses: readonly (readonly [id: string, status: string])[]) {
  const at = new Date();
  const body = metaBody(statuses.map(([id, status]) => ({ id, status, phone: phone.slice(1), at })));
  const { deliveryId } = await deliverReceipts(test.database, body);
  await handler.execute(new ApplyReceipts(deliveryId));
}

async function flags(orderId: string) {
  const [row] = await test.query(
    `select whatsapp_confirmation_sent as told from orders where order_id = $1`,
    [orderId],
  );
  return row;
}

describe('an order that was confirmed and whose confirmation is sent again', () => {
  it("stays confirmed when the vendor denies the second one that somebody else's receipt was taken for", async () => {
    const { orderId, phone, again } = await toldAndAgain();
    const claimed = await claim(again);
    await receive(phone, [`wamid.foreign.${orderId}`, 'sent']);
    await messages.release(test.database.db, claimed, 0, 'http-429', {});
    await expect(lists.find(test.database.db, again)).resolves.toMatchObject({ status: 'planned' });
    await expect(flags(orderId)).resolves.toEqual({ told: true });
  });

  it('is not confirmed any more when the only one that went out is denied', async () => {
    const { orderId, phone, messageId } = await plantOrder(test);
    const claimed = await claim(messageId);
    await receive(phone, [`wamid.foreign.${orderId}`, 'sent']);
    await expect(flags(orderId)).resolves.toEqual({ told: true });
    await messages.release(test.database.db, claimed, 0, 'http-429', {});
    await expect(flags(orderId)).resolves.toEqual({ told: false });
  });

  it('stays confirmed when one body fails the first and moves the second', async () => {
    const { orderId, phone, again, messageId } = await toldAndAgain();
    await messages.markAccepted(test.database.db, await claim(again), {});
    await receive(phone, [`wamid.${again}`, 'sent']);
    // The first had only been sent; what arrived is not undone by a failure.
    await test.query('update messages set delivered_at = null where effect_id = $1', [messageId]);
    await receive(phone, [`wamid.${messageId}`, 'failed'], [`wamid.${again}`, 'delivered']);
    await expect(lists.find(test.database.db, messageId)).resolves.toMatchObject({ status: 'failed' });
    await expect(lists.find(test.database.db, again)).resolves.toMatchObject({ status: 'delivered' });
    await expect(flags(orderId)).resolves.toMatchObject({ told: true });
  });
});

describe('a message whose worker was taken for dead', () => {
  it("is not lost to somebody else's receipt when the vendor's denial comes late", async () => {
    const { orderId, phone, messageId } = await plantOrder(test);
    const claimed = await claim(messageId);
    await messages.markUncertain(test.database.db, claimed, 'lease-expired', {});
    await receive(phone, [`wamid.foreign.${orderId}`, 'read']);
    await expect(lists.find(test.database.db, messageId)).resolves.toMatchObject({ status: 'read' });
    await expect(messages.release(test.database.db, claimed, 0, 'http-429', {})).resolves.toBe('planned');
    await expect(lists.find(test.database.db, messageId)).resolves.toMatchObject({
      status: 'planned',
      acceptedAt: null,
      readAt: null,
    });
    await expect(flags(orderId)).resolves.toEqual({ told: false });
  });

  it('stays told when the vendor had said so', async () => {
    const { phone, messageId } = await plantOrder(test);
    const claimed = await claim(messageId);
    await messages.markUncertain(test.database.db, claimed, 'lease-expired', {});
    await receive(phone, [`wamid.${messageId}`, 'read']);
    await messages.markAccepted(test.database.db, claimed, {});
    await expect(messages.release(test.database.db, claimed, 0, 'http-429', {})).resolves.toBeUndefined();
  });
});
