import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import { MessagesRepository } from '@visapi/backend-repositories/messaging';
import { createTestDatabase, plantOrder, type TestDatabase } from '@visapi/backend-testing';
import { SettleMessage, SettleMessageHandler } from './settle-message.command.js';

let test: TestDatabase;
let handler: SettleMessageHandler;
const messages = new MessagesRepository();
beforeAll(async () => {
  test = await createTestDatabase();
  handler = new SettleMessageHandler(test.database);
});
afterAll(async () => await test.drop());

async function uncertain(reason = 'time-out') {
  const order = await plantOrder(test);
  const claim = await messages.claim(test.database.db, order.messageId, newId(), 3600);
  await messages.markUncertain(test.database.db, claim!, reason, {});
  return { ...order, claim: claim! };
}

const by = { actor: 'key:operator', correlationId: 'settled' };
const settle = async (id: string, outcome: 'sent' | 'not-sent') =>
  await handler.execute(new SettleMessage(id, outcome, 'asked the customer', by));

async function effect(id: string) {
  const [row] = await test.query('select state, reason from effects where id = $1', [id]);
  return row;
}

async function told(orderId: string) {
  const rows = await test.query<{ type: string }>(
    `select type from events where aggregate_id = $1 and actor = 'key:operator' order by position`,
    [orderId],
  );
  return rows.map(({ type }) => type);
}

describe('a message of unknown outcome that an operator settles', () => {
  it('is accepted when it went out, and its order is confirmed', async () => {
    const { messageId, orderId } = await uncertain();
    await expect(settle(messageId, 'sent')).resolves.toEqual({ orderId, state: 'accepted' });
    const [order] = await test.query(
      'select whatsapp_confirmation_sent as told from orders where order_id = $1',
      [orderId],
    );
    expect(order).toEqual({ told: true });
    await expect(told(orderId)).resolves.toEqual(['operator.settled']);
  });

  it('is sent, once, when it never went out', async () => {
    const { messageId, orderId } = await uncertain();
    await expect(settle(messageId, 'not-sent')).resolves.toEqual({ orderId, state: 'planned' });
    await expect(told(orderId)).resolves.toEqual(['operator.settled', 'message.planned']);
    await expect(messages.claim(test.database.db, messageId, newId(), 3600)).resolves.toMatchObject({
      attempt: 2,
    });
  });

  it('is not sent when its order forbids it by now', async () => {
    const { messageId } = await uncertain();
    await test.query(
      `update messages set next_state = 'skipped', next_reason = 'no-consent' where effect_id = $1`,
      [messageId],
    );
    await expect(settle(messageId, 'not-sent')).resolves.toMatchObject({ state: 'skipped' });
    await expect(effect(messageId)).resolves.toEqual({ state: 'skipped', reason: 'no-consent' });
  });

  it('is settled once: two operators at the same time, or one twice, change nothing more', async () => {
    const { messageId, orderId } = await uncertain();
    const words = await Promise.allSettled([settle(messageId, 'sent'), settle(messageId, 'not-sent')]);
    expect(words.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(settle(messageId, 'sent')).rejects.toMatchObject({ category: 'conflict' });
    expect((await told(orderId)).filter((type) => type === 'operator.settled')).toHaveLength(1);
  });

  it('is not called unsent while the vendor may still answer a worker that went silent', async () => {
    const { messageId } = await uncertain('lease-expired');
    const claimedBefore = async (seconds: number) =>
      await test.query(`update effects set claimed_at = now() - make_interval(secs => $2) where id = $1`, [
        messageId,
        seconds,
      ]);
    // A call may begin 7.5 s after its claim and take 120 s.
    for (const seconds of [0, 127]) {
      await claimedBefore(seconds);
      await expect(settle(messageId, 'not-sent')).rejects.toMatchObject({ category: 'conflict' });
    }
    await claimedBefore(131);
    await expect(settle(messageId, 'not-sent')).resolves.toMatchObject({ state: 'planned' });
  });

  it.each(['planned', 'accepted', 'failed', 'skipped'])('cannot be one that is %s', async (state) => {
    const { messageId } = await plantOrder(test);
    await test.query('update effects set state = $2 where id = $1', [messageId, state]);
    await expect(settle(messageId, 'sent')).rejects.toMatchObject({ category: 'conflict' });
    await expect(effect(messageId)).resolves.toMatchObject({ state });
  });

  it('must exist', async () => {
    await expect(settle(newId(), 'sent')).rejects.toMatchObject({ category: 'not-found' });
  });
});
