import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createTestContext,
  createTestDatabase,
  deliver,
  type TestDatabase,
  viziOrder,
} from '@visapi/backend-testing';
import { OrdersModule } from '../orders.module.js';
import { CreateOrder } from './create-order.command.js';
import { PatchOrder } from './patch-order.command.js';
import { QuarantineDelivery } from './quarantine-delivery.command.js';
import { RetriggerOrders } from './retrigger-orders.command.js';

let test: TestDatabase;
let app: INestApplicationContext;
let commands: CommandBus;
let counter = 0;
const by = { actor: 'key:ops', correlationId: 'ops-1', reason: 'a bad day' };

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [CqrsModule, OrdersModule]);
  commands = app.get(CommandBus);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

async function retrigger(
  orderIds: readonly string[],
  how: { skipProcessed?: boolean; dryRun?: boolean } = {},
) {
  const command = new RetriggerOrders({ orderIds }, { skipProcessed: true, dryRun: false, ...how }, by);
  return (await commands.execute(command)).details;
}
const again = async (orderId: string) => await retrigger([orderId], { skipProcessed: false });
const newOrderId = () => `IL260105IN${(counter += 1)}`;

async function receive(orderId: string, changes: object = {}, verdict: 'usable' | 'rejected' = 'usable') {
  const body = { ...viziOrder({ order: { id: orderId } }), ...changes, nonce: (counter += 1) };
  const given = verdict === 'rejected' ? { verdict, problems: '[]', orderId } : { orderId };
  return (await deliver(test.database, body, given)).deliveryId;
}

async function made(orderId = newOrderId()) {
  await commands.execute(new CreateOrder(await receive(orderId)));
  return orderId;
}

async function effects(orderId: string) {
  const rows = await test.query<{ told: string }>(
    `select kind || ' ' || state || coalesce(' ' || reason, '') as told from effects where order_id = $1
     order by kind, planned_at`,
    [orderId],
  );
  return rows.map(({ told }) => told);
}

async function settle(orderId: string, kind: string, state: string, reason: string | null = null) {
  await test.query(
    `update effects set state = $3, reason = $4, ${state}_at = now() where order_id = $1 and kind = $2`,
    [orderId, kind, state, reason],
  );
}

const everything = async () => ({
  orders: await test.query('select * from orders order by order_id'),
  deliveries: await test.query('select * from deliveries order by position'),
  effects: await test.query('select * from effects order by id'),
  events: await test.query('select * from events order by position'),
});

describe('the retrigger of orders', () => {
  it('replays an order that was never made, quarantined or rejected', async () => {
    const [failed, refused] = [newOrderId(), newOrderId()];
    const delivery = await receive(failed);
    await commands.execute(new QuarantineDelivery(delivery, 'a defect'));
    await receive(refused, { form: 'none' }, 'rejected');
    const usable = await receive(refused, {}, 'rejected');
    await expect(retrigger([failed, refused])).resolves.toMatchObject([
      { orderId: failed, status: 'successful' },
      { orderId: refused, status: 'successful' },
    ]);
    for (const id of [delivery, usable])
      await expect(commands.execute(new CreateOrder(id))).resolves.toMatchObject({ created: true });
    await expect(retrigger([failed, refused])).resolves.toMatchObject([
      { status: 'skipped' },
      { status: 'skipped' },
    ]);
  });

  it('says in words why nothing can be done', async () => {
    const [waiting, tested, unusable] = [newOrderId(), `${newOrderId()}-TEST`, newOrderId()];
    await receive(waiting);
    await deliver(test.database, viziOrder({ order: { id: tested } }), { verdict: 'skipped' });
    await receive(unusable, { form: null }, 'rejected');
    await expect(retrigger(['IL-NONE', waiting, tested, unusable])).resolves.toEqual([
      { orderId: 'IL-NONE', status: 'failed', message: expect.stringContaining('No stored delivery') },
      { orderId: waiting, status: 'skipped', message: expect.stringContaining('waits') },
      { orderId: tested, status: 'skipped', message: expect.stringContaining('test order') },
      { orderId: unusable, status: 'failed', message: expect.stringContaining('form must be an object') },
    ]);
  });

  it('leaves an order that exists alone unless it is asked for', async () => {
    const orderId = await made();
    const before = await everything();
    await expect(retrigger([orderId])).resolves.toMatchObject([{ status: 'skipped' }]);
    await expect(everything()).resolves.toEqual(before);
  });

  it('reads an order again as if it had changed: a contact that failed is owed again, with its confirmation', async () => {
    const orderId = await made();
    await settle(orderId, 'contact', 'failed', 'refused');
    await settle(orderId, 'message', 'failed', 'contact-failed');
    await expect(again(orderId)).resolves.toMatchObject([{ status: 'successful' }]);
    await expect(effects(orderId)).resolves.toEqual([
      'contact failed refused',
      'contact planned',
      'message planned',
    ]);
    const events = await test.query(
      'select type, actor, payload from events where aggregate_id = $1 order by position',
      [orderId],
    );
    expect(events.slice(1)).toMatchObject([
      { type: 'order.changed', actor: by.actor, payload: { fields: [], reason: by.reason } },
      { type: 'operator.replayed', actor: by.actor, payload: { reason: by.reason } },
    ]);
  });

  it('never repeats a confirmation that went out, or may have', async () => {
    for (const state of ['accepted', 'uncertain', 'claimed']) {
      const orderId = await made();
      await test.query(
        `update effects set state = $2, attempt = 1, lease_until = now() + interval '1 minute'
         where order_id = $1 and kind = 'message'`,
        [orderId, state],
      );
      await Promise.all([again(orderId), again(orderId)]);
      expect((await effects(orderId)).filter((effect) => effect.startsWith('message'))).toEqual([
        `message ${state}`,
      ]);
    }
  });

  it('brings the order to what today’s code reads, and keeps what an operator corrected', async () => {
    const orderId = await made();
    await test.query(`update orders set product_country = 'atlantis' where order_id = $1`, [orderId]);
    await commands.execute(
      new PatchOrder(orderId, { clientPhone: '+972500000079', clientEmail: null }, 'rang', by),
    );
    for (let time = 0; time < 2; time += 1) {
      await again(orderId);
      const [order] = await test.query('select * from orders where order_id = $1', [orderId]);
      expect(order).toMatchObject({
        product_country: 'india',
        client_phone: '+972500000079',
        client_email: null,
      });
    }
  });

  it('goes on after an order that fails', async () => {
    const [broken, whole] = [await made(), await made()];
    await test.query(
      `update delivery_bodies set body = '[1]', key_id = null where delivery_id = (select delivery_id from orders where order_id = $1)`,
      [broken],
    );
    await expect(retrigger([broken, whole], { skipProcessed: false })).resolves.toMatchObject([
      { status: 'failed', message: 'The stored body is not a JSON object.' },
      { status: 'successful' },
    ]);
  });

  it('finds the orders of a period', async () => {
    await test.query('truncate deliveries, delivery_bodies, orders, effects, messages, events cascade');
    const [first, second] = [await made(), await made()];
    const find = async (from: Date | null, to: Date | null) =>
      (
        await commands.execute(new RetriggerOrders({ from, to }, { skipProcessed: true, dryRun: false }, by))
      ).details.map(({ orderId }) => orderId);
    const hourAgo = new Date(Date.now() - 3_600_000);
    await expect(find(hourAgo, null)).resolves.toEqual([first, second]);
    await expect(find(null, hourAgo)).resolves.toEqual([]);
  });

  it('writes nothing in a dry run, and says what it would do', async () => {
    const [there, failed, refused] = [await made(), newOrderId(), newOrderId()];
    await commands.execute(new QuarantineDelivery(await receive(failed), 'a defect'));
    await receive(refused, {}, 'rejected');
    const before = await everything();
    const how = { dryRun: true, skipProcessed: false };
    await expect(retrigger([there, failed, refused], how)).resolves.toMatchObject([
      { status: 'successful', message: 'It would be read again: no field would change.' },
      { status: 'successful', message: 'It would be replayed.' },
      { status: 'successful', message: 'It would be replayed.' },
    ]);
    await expect(everything()).resolves.toEqual(before);
  });
});
