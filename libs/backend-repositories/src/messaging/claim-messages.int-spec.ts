import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import { createTestDatabase, plantOrder, type TestDatabase, until } from '@visapi/backend-testing';
import { sql } from 'kysely';
import { recoverExpired } from '../effects/lost-effects.js';
import { OrdersRepository } from '../orders/orders.repository.js';
import { claimMessages, readClaims } from './claim-messages.js';
import { MessagesRepository } from './messages.repository.js';

type Confirmation = Parameters<OrdersRepository['applyChange']>[1]['confirmation'];

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => await test.drop());

/** A message that was claimed, whose order then changes, before its words are read. */
async function claimThenChange(confirmation: Confirmation) {
  const { db } = test.database;
  const { orderId, messageId: effectId } = await plantOrder(test);
  const asked = { effectId, token: newId() };
  expect(await claimMessages(db, [asked], 3_600, 'wait')).toEqual([asked]);
  const orders = new OrdersRepository();
  const before = await orders.lock(db, orderId);
  if (!before) throw new Error(`There is no order ${orderId}`);
  await orders.applyChange(db, {
    orderId,
    content: { branch: 'il', isUrgent: false, whatsappAlertsEnabled: false, orderStatus: 'canceled' },
    appliedPosition: before.appliedPosition + 1,
    contact: undefined,
    notices: undefined,
    applicantIds: undefined,
    review: [],
    confirmation,
    event: {
      type: 'order.changed',
      aggregateType: 'order',
      aggregateId: orderId,
      aggregateVersion: before.eventVersion + 1,
      actor: 'source:vizi',
      correlationId: 'between-claim-and-words',
      payload: {},
    },
  });
  return asked;
}

const stateOf = async (effectId: string) =>
  await test.query(
    'select e.state, e.reason, m.phone, m.next_state from effects e join messages m on m.effect_id = e.id where e.id = $1',
    [effectId],
  );

describe('a message whose order changes after it was claimed and before its words are read', () => {
  it('does not go out when its order is canceled', async () => {
    const asked = await claimThenChange({
      state: 'skipped',
      reason: 'canceled',
      phone: null,
      parameters: null,
    });
    expect(await readClaims(test.database.db, [asked])).toMatchObject([{ ready: false }]);
    await new MessagesRepository().unclaim(test.database.db, asked.effectId, asked.token);
    expect(await stateOf(asked.effectId)).toMatchObject([{ state: 'skipped', reason: 'canceled' }]);
  });

  it('waits for its new phone', async () => {
    const phone = '+972509999991';
    const parameters = Buffer.from('["new"]');
    const asked = await claimThenChange({ state: 'planned', reason: null, phone, parameters });
    expect(await readClaims(test.database.db, [asked])).toMatchObject([{ ready: false }]);
    await new MessagesRepository().unclaim(test.database.db, asked.effectId, asked.token);
    expect(await stateOf(asked.effectId)).toMatchObject([{ state: 'planned', phone, next_state: null }]);
  });
});

describe('a message whose claim runs out before its words are read', () => {
  it('is given back: nothing was sent for it', async () => {
    const { db } = test.database;
    const { messageId } = await plantOrder(test);
    const claimed = `select 1 from effects where id = $1 and state = 'claimed'`;
    // Its words cannot be read before the lease has run out.
    const claim = await db.transaction().execute(async (transaction) => {
      await sql`lock table messages in access exclusive mode`.execute(transaction);
      const asked = new MessagesRepository().claim(db, messageId, newId(), 3_600);
      await until(
        async () => await test.query(claimed, [messageId]),
        (rows) => rows.length === 1,
      );
      await test.query(`update effects set lease_until = now() - interval '1 s' where id = $1`, [messageId]);
      await expect(recoverExpired(db, 100)).resolves.toMatchObject([{ id: messageId, state: 'uncertain' }]);
      return { asked };
    });
    await expect(claim.asked).resolves.toBeUndefined();
    expect(await stateOf(messageId)).toMatchObject([{ state: 'planned' }]);
  });
});
