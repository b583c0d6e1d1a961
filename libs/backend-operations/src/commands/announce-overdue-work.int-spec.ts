import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import { MessagesRepository } from '@visapi/backend-repositories/messaging';
import { OverdueRepository } from '@visapi/backend-repositories/operations';
import {
  createTestDatabase,
  deliver,
  plantOrder,
  type PlantedOrder,
  type TestDatabase,
  viziOrder,
} from '@visapi/backend-testing';
import { AnnounceOverdueWorkHandler } from './announce-overdue-work.command.js';

let test: TestDatabase;
let handler: AnnounceOverdueWorkHandler;

beforeAll(async () => {
  test = await createTestDatabase();
  handler = new AnnounceOverdueWorkHandler(test.database, new OverdueRepository());
});
beforeEach(async () => {
  await test.query(`update effects set state = 'skipped', lease_until = null`);
  await test.query(`update deliveries set state = 'closed'`);
  await look();
});
afterAll(async () => await test.drop());

const look = async () => await handler.execute();
const told = async () => (await look()).orders.map(({ orderId, step }) => [orderId, step]);
const age = async (id: string, column: string, seconds: number) =>
  await test.query(`update effects set ${column} = now() - make_interval(secs => $2) where id = $1`, [
    id,
    seconds,
  ]);

async function late(contact: 'planned' | 'accepted' = 'planned'): Promise<PlantedOrder> {
  const order = await plantOrder(test, { contact });
  for (const id of [order.contactId, order.messageId]) await age(id, 'planned_at', 400);
  if (contact === 'accepted') await age(order.contactId, 'accepted_at', 390);
  return order;
}

const facts = async (id: string) =>
  await test.query(
    `select type, payload from events where aggregate_id = $1 and type like '%.overdue' order by position`,
    [id],
  );

describe('an order that is open for more than five minutes', () => {
  it('is told once, however many look and however often', async () => {
    const orders = await Promise.all(Array.from({ length: 10 }, () => late()));
    const rounds = await Promise.all(Array.from({ length: 6 }, told));
    rounds.push(await told(), await told());
    expect(rounds.flat().sort()).toEqual(orders.map(({ orderId }) => [orderId, 'contact']).sort());
    for (const { orderId } of orders)
      await expect(facts(orderId)).resolves.toEqual([
        { type: 'order.overdue', payload: { step: 'contact' } },
      ]);
  });

  it('is not told before, nor for a message whose contact was synced just now', async () => {
    await plantOrder(test, { contact: 'planned' });
    const order = await late('accepted');
    await age(order.contactId, 'accepted_at', 100);
    await expect(told()).resolves.toEqual([]);
    await age(order.contactId, 'accepted_at', 301);
    await expect(told()).resolves.toEqual([[order.orderId, 'confirmation']]);
  });

  it('is told again when it stands still anew after it had gone on', async () => {
    const order = await late('accepted');
    await expect(told()).resolves.toEqual([[order.orderId, 'confirmation']]);
    const messages = new MessagesRepository();
    const claim = await messages.claim(test.database.db, order.messageId, newId(), 3_600);
    if (!claim) throw new Error('The message was not claimed');
    await expect(told()).resolves.toEqual([]);
    await messages.markAccepted(test.database.db, claim, {});
    await expect(told()).resolves.toEqual([]);
    await test.query(`update effects set state = 'planned' where id = $1`, [order.messageId]);
    await expect(told()).resolves.toEqual([[order.orderId, 'confirmation']]);
    await expect(facts(order.orderId)).resolves.toHaveLength(2);
  });

  it('keeps the versions of its facts in order, while others tell of it', async () => {
    const order = await late();
    await Promise.all([look(), look()]);
    const [row] = await test.query(
      `select event_version = (select max(aggregate_version) from events where aggregate_id = order_id) as same
       from orders where order_id = $1`,
      [order.orderId],
    );
    expect(row).toEqual({ same: true });
  });
});

describe('a delivery that nobody interprets for five minutes', () => {
  it('is told once', async () => {
    const { deliveryId } = await deliver(test.database, viziOrder({ order: { id: 'IL260105IN900001' } }));
    await expect(look()).resolves.toEqual({ orders: [], deliveries: [] });
    await test.query(`update deliveries set received_at = now() - interval '301 s' where id = $1`, [
      deliveryId,
    ]);
    const rounds = await Promise.all(Array.from({ length: 5 }, () => look()));
    expect(rounds.flatMap(({ deliveries }) => deliveries)).toMatchObject([
      { deliveryId, orderId: 'IL260105IN900001' },
    ]);
    await expect(look()).resolves.toEqual({ orders: [], deliveries: [] });
    await expect(facts(deliveryId)).resolves.toEqual([{ type: 'delivery.overdue', payload: {} }]);
  });
});
