import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, CqrsModule, QueryBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createTestContext,
  createTestDatabase,
  deliver,
  incoming,
  type TestDatabase,
  viziOrder,
} from '@visapi/backend-testing';
import { Inbox, InboxModule } from '@visapi/backend-webhooks';
import { OrdersModule } from '../orders.module.js';
import { GetOrderTimeline } from '../queries/get-order-timeline.query.js';
import { CreateOrder } from './create-order.command.js';
import { QuarantineDelivery } from './quarantine-delivery.command.js';
import { ReplayDelivery } from './replay-delivery.command.js';

let test: TestDatabase;
let app: INestApplicationContext;
let commands: CommandBus;
let counter = 0;
const actor = `key:${randomUUID()}`;
const by = { actor, correlationId: 'ops-1', reason: 'the code is mended' };

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [CqrsModule, OrdersModule, InboxModule]);
  commands = app.get(CommandBus);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

const newOrderId = () => `IL260105IN${(counter += 1)}`;
const replay = async (id: string) => await commands.execute(new ReplayDelivery(id, { mode: 'missing' }, by));
const create = async (id: string) => await commands.execute(new CreateOrder(id));
const known = { email: 'dana.example@example.test' };
const bodyOf = (orderId: string, client: object = known) =>
  viziOrder({ order: { id: orderId }, form: { client, nonce: (counter += 1) } });

async function quarantined(orderId: string, client?: object) {
  const { deliveryId } = await deliver(test.database, bodyOf(orderId, client));
  await commands.execute(new QuarantineDelivery(deliveryId, 'a defect of that day'));
  return deliveryId;
}

/** A body that code of another day could not use, though today's can. */
async function rejected(orderId: string, client?: object) {
  const problems = JSON.stringify([{ path: 'form', message: 'was not understood' }]);
  const stored = incoming(bodyOf(orderId, client), { verdict: 'rejected', problems, orderId: null });
  await deliver(test.database, stored.body, stored);
  return stored;
}

async function row(id: string) {
  const [found] = await test.query(
    'select order_id, outcome, state, problems, repeats from deliveries where id = $1',
    [id],
  );
  return found;
}

const eventsOf = async (aggregateId: string) =>
  (
    await test.query<{ type: string; actor: string; payload: object }>(
      `select type, actor, payload from events where aggregate_id = $1 order by aggregate_version`,
      [aggregateId],
    )
  ).filter(({ type }) => type !== 'order.created');

describe('the replay of a quarantined delivery', () => {
  it('opens all failed deliveries of its order, so that the first comes before its changes', async () => {
    const orderId = newOrderId();
    const first = await quarantined(orderId);
    const change = await quarantined(orderId, { email: 'later@example.test' });
    await expect(replay(change)).resolves.toEqual({
      deliveryId: change,
      orderId,
      status: 'opened',
      problems: [],
      opened: [first, change],
    });
    await expect(row(first)).resolves.toMatchObject({ state: 'open', problems: null });
    await expect(create(change)).resolves.toMatchObject({ created: true, changes: 1 });
    const [order] = await test.query('select client_email from orders where order_id = $1', [orderId]);
    expect(order).toEqual({ client_email: 'later@example.test' });
  });

  it('wakes the job again and tells who wanted it and why, also in the timeline of the order', async () => {
    const orderId = newOrderId();
    const id = await quarantined(orderId);
    await replay(id);
    await expect(eventsOf(id)).resolves.toMatchObject([
      { type: 'delivery.received' },
      { type: 'delivery.received', actor },
      { type: 'operator.replayed', actor, payload: { reason: by.reason, deliveryId: id } },
    ]);
    await create(id);
    const timeline = await app.get(QueryBus).execute(new GetOrderTimeline(orderId));
    expect(timeline).toContainEqual(
      expect.objectContaining({ kind: 'operator.replayed', actor, detail: by.reason }),
    );
  });

  it('is told by the order once there is one', async () => {
    const orderId = newOrderId();
    await create((await deliver(test.database, bodyOf(orderId))).deliveryId);
    const change = await quarantined(orderId, { name: 'אבי לדוגמה' });
    await replay(change);
    await expect(eventsOf(orderId)).resolves.toMatchObject([{ type: 'operator.replayed', actor }]);
    await expect(create(change)).resolves.toMatchObject({ created: false, changes: 1 });
  });

  it('finds nothing to do the second time, and for what is applied', async () => {
    const id = await quarantined(newOrderId());
    await replay(id);
    await expect(replay(id)).resolves.toMatchObject({ status: 'nothing-to-do', opened: [] });
    await create(id);
    await expect(replay(id)).resolves.toMatchObject({ status: 'nothing-to-do' });
    await expect(row(id)).resolves.toMatchObject({ state: 'applied' });
  });

  it('happens once when many ask at the same moment, whichever delivery of the order they name', async () => {
    const orderId = newOrderId();
    const ids = [await quarantined(orderId), await quarantined(orderId), await quarantined(orderId)];
    const results = await Promise.all([...ids, ...ids, ...ids].map((id) => replay(id)));
    expect(results.filter(({ status }) => status === 'opened')).toHaveLength(1);
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['opened', 'nothing-to-do']));
  });

  it('may fail again and be replayed again', async () => {
    const id = await quarantined(newOrderId());
    await replay(id);
    await commands.execute(new QuarantineDelivery(id, 'not mended at all'));
    await expect(row(id)).resolves.toMatchObject({ state: 'failed' });
    await expect(replay(id)).resolves.toMatchObject({ status: 'opened' });
  });

  it('answers that there is no such delivery', async () => {
    await expect(replay(randomUUID())).rejects.toMatchObject({ category: 'not-found' });
  });
});

describe('the replay of a rejected delivery', () => {
  it('stays when today’s code cannot use it either, and says what is wrong with each field', async () => {
    const { deliveryId } = await deliver(
      test.database,
      { nonce: (counter += 1), order: { id: 7 } },
      {
        verdict: 'rejected',
        problems: '[]',
        orderId: null,
      },
    );
    const problems = [{ path: 'order.id' }, { path: 'form' }];
    for (let time = 0; time < 2; time += 1)
      await expect(replay(deliveryId)).resolves.toMatchObject({ status: 'rejected', problems, opened: [] });
    expect(JSON.parse(String((await row(deliveryId))?.['problems']))).toMatchObject(problems);
    await expect(eventsOf(deliveryId)).resolves.toEqual([]);
  });

  it('becomes the order that it is, once, and later repeats of its bytes are duplicates', async () => {
    const orderId = newOrderId();
    const stored = await rejected(orderId);
    await expect(replay(stored.id)).resolves.toEqual({
      deliveryId: stored.id,
      orderId,
      status: 'accepted',
      problems: [],
      opened: [stored.id],
    });
    await expect(replay(stored.id)).resolves.toMatchObject({ status: 'nothing-to-do' });
    await expect(create(stored.id)).resolves.toMatchObject({ orderId, created: true });
    const again = await app.get(Inbox).store({ ...stored, id: randomUUID(), orderId, verdict: 'usable' });
    expect(again).toMatchObject({ deliveryId: stored.id, outcome: 'accepted', repeated: true });
    await expect(eventsOf(stored.id)).resolves.toMatchObject([
      { type: 'delivery.received', actor },
      { type: 'operator.replayed', actor },
    ]);
  });

  it('becomes a change when the order has its first delivery, and never undoes newer content', async () => {
    const orderId = newOrderId();
    const stored = await rejected(orderId, { email: 'older@example.test' });
    const { deliveryId } = await deliver(test.database, bodyOf(orderId));
    await expect(replay(stored.id)).resolves.toMatchObject({ status: 'changed' });
    // Both wait: the first of the order is made first, though the other one arrived before it.
    await expect(create(stored.id)).resolves.toMatchObject({ created: true, changes: 1 });
    await expect(row(deliveryId)).resolves.toMatchObject({ state: 'applied' });
    await expect(row(stored.id)).resolves.toMatchObject({ outcome: 'changed', state: 'applied' });
    const [order] = await test.query('select client_email from orders where order_id = $1', [orderId]);
    expect(order).toEqual({ client_email: known.email });
  });

  it('is skipped when it is a test order: nothing is woken', async () => {
    const stored = await rejected(`${newOrderId()}-TEST`);
    await expect(replay(stored.id)).resolves.toMatchObject({ status: 'skipped', opened: [] });
    await expect(row(stored.id)).resolves.toMatchObject({ outcome: 'skipped', state: 'closed' });
    await expect(eventsOf(stored.id)).resolves.toMatchObject([{ type: 'operator.replayed' }]);
  });

  it('keeps one first delivery when it meets the order’s arrival, other bodies of it and its own repeats', async () => {
    for (let round = 0; round < 10; round += 1) {
      const orderId = newOrderId();
      const [one, other] = [await rejected(orderId), await rejected(orderId)];
      const fresh = incoming(bodyOf(orderId));
      const inbox = app.get(Inbox);
      const [, , , repeat] = await Promise.all([
        replay(one.id),
        replay(other.id),
        inbox.store(fresh),
        inbox.store({ ...one, id: randomUUID(), orderId, verdict: 'usable' }),
        replay(one.id),
      ]);
      expect(repeat).toMatchObject({ deliveryId: one.id, repeated: true });
      const rows = await test.query<{ outcome: string }>(
        `select outcome from deliveries where order_id = $1 order by outcome`,
        [orderId],
      );
      expect(rows.map(({ outcome }) => outcome)).toEqual(['accepted', 'changed', 'changed']);
      await expect(create(one.id)).resolves.toMatchObject({ created: true, changes: 2 });
    }
  });
});
