import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import { createTestDatabase, deliverReceipts, plantOrder, type TestDatabase } from '@visapi/backend-testing';
import { MessageListsRepository } from './message-lists.repository.js';
import { MessagesRepository } from './messages.repository.js';
import { ReceiptsRepository } from './receipts.repository.js';

let test: TestDatabase;
const messages = new MessagesRepository();
const lists = new MessageListsRepository();
const receipts = new ReceiptsRepository();
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => await test.drop());

/** A message under way, and a receipt of its phone that somebody else's message caused. */
async function underWay() {
  const order = await plantOrder(test);
  const claim = await messages.claim(test.database.db, order.messageId, newId(), 3600);
  if (!claim) throw new Error('The message was not claimed');
  const wamid = `wamid.foreign.${order.orderId}`;
  const receipt = { phoneNumberId: null, callbackData: null, errorCode: null, pricing: undefined };
  const { deliveryId } = await deliverReceipts(test.database, { receipts: wamid });
  const deliver = async (status: string) =>
    await receipts.append(test.database.db, deliveryId, [
      {
        ...receipt,
        providerMessageId: wamid,
        status,
        occurredAt: new Date(),
        recipient: order.phone.slice(1),
      },
    ]);
  return { ...order, claim, wamid, deliver };
}

const stateOf = async (id: string) => (await lists.find(test.database.db, id))?.status;

describe('a message that the vendor denies while its receipts are being looked at', () => {
  it('is bound to none, although it was a candidate a moment before', async () => {
    const { phone, messageId, claim, wamid } = await underWay();
    await test.database.db.transaction().execute(async (transaction) => {
      await expect(receipts.candidates(transaction, phone.slice(1))).resolves.toHaveLength(1);
      await messages.release(test.database.db, claim, 0, 'http-429', {});
      await expect(receipts.bind(transaction, messageId, wamid, 'inferred')).resolves.toBe(false);
    });
    await expect(stateOf(messageId)).resolves.toBe('planned');
  });

  it('is not moved by them, although it was bound to them a moment before', async () => {
    const { messageId, claim, wamid, deliver, phone } = await underWay();
    await receipts.bind(test.database.db, messageId, wamid, 'inferred');
    await deliver('read');
    await test.database.db.transaction().execute(async (transaction) => {
      const [receipt] = await receipts.unmatched(transaction, [phone.slice(1)]);
      await expect(receipts.boundMessages(transaction, [wamid])).resolves.toEqual(
        new Map([[wamid, messageId]]),
      );
      await messages.release(test.database.db, claim, 0, 'http-429', {});
      const bound = [{ messageId, receiptPosition: receipt!.position }];
      await expect(receipts.apply(transaction, bound)).resolves.toEqual([]);
    });
    await expect(stateOf(messageId)).resolves.toBe('planned');
    const [tied] = await test.query('select message_id from receipts where provider_message_id = $1', [
      wamid,
    ]);
    expect(tied).toEqual({ message_id: null });
  });
});

describe('one body that settles several messages of an order', () => {
  it('is told message by message, later versions at later positions, as all facts of an order are', async () => {
    const { orderId, messageId, phone, deliver, wamid } = await underWay();
    const others = [newId(), newId()];
    for (const other of others) {
      await test.query(
        `insert into effects (id, kind, purpose, semantic_key, order_id, lane, state, attempt, lease_until, correlation_id)
         select $1::uuid, kind, 'visa', ($1::uuid)::text, order_id, lane, state, attempt, lease_until, correlation_id
         from effects where id = $2`,
        [other, messageId],
      );
      await test.query(
        `insert into messages (effect_id, order_id, template, language, phone, provider_message_id, binding)
         values ($1::uuid, $2, 'visa', 'he', $3, ($1::uuid)::text, 'callback')`,
        [other, orderId, phone],
      );
    }
    await receipts.bind(test.database.db, messageId, wamid, 'callback');
    await deliver('delivered');
    const [first] = await receipts.unmatched(test.database.db, [phone.slice(1)]);
    await test.query(
      `insert into receipts (delivery_id, provider_message_id, status, occurred_at, recipient)
       select delivery_id, id, status, occurred_at, recipient from receipts, unnest($2::text[]) as id where position = $1`,
      [first!.position, others],
    );
    const all = await receipts.unmatched(test.database.db, [phone.slice(1)]);
    const bound = all.map(({ providerMessageId, position }) => ({
      messageId: providerMessageId === wamid ? messageId : providerMessageId,
      receiptPosition: position,
    }));
    await expect(receipts.apply(test.database.db, bound)).resolves.toHaveLength(3);
    const told = await test.query<{ version: number }>(
      `select aggregate_version as version from events where aggregate_id = $1 and type = 'message.accepted' order by position`,
      [orderId],
    );
    expect(told.map(({ version }) => version)).toEqual([2, 3, 4]);
  });
});
