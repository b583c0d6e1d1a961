import type { INestApplicationContext } from '@nestjs/common';
import { type Command, CommandBus, QueryBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  EventsModule,
  GetEventReplay,
  OutboxRelay,
  ReplayEvents,
  StartEventReplay,
} from '@visapi/backend-events';
import { QueueModule } from '@visapi/backend-queue';
import {
  createTestContext,
  createTestDatabase,
  deliver,
  queueConfig,
  takeTestRedis,
  type TestDatabase,
  until,
  viziOrder,
} from '@visapi/backend-testing';
import { CreateOrder } from '../commands/create-order.command.js';
import { ImportOrders } from '../commands/import-orders.command.js';
import { PatchOrder } from '../commands/patch-order.command.js';
import { orderStatistics } from '../order-statistics.js';
import { GetOrderStats } from '../queries/get-order-stats.query.js';
import { OrdersJobsModule } from './orders-jobs.module.js';

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
const workers: INestApplicationContext[] = [];

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  const queue = QueueModule.forRoot(queueConfig(redis.url, { batchSize: 20 }));
  // Two workers count at once.
  for (let index = 0; index < 2; index += 1) {
    const worker = await createTestContext(test.url, [queue, EventsModule, OrdersJobsModule]);
    workers.push(worker);
    worker.get(OutboxRelay).start([], 20);
    worker.get(ReplayEvents).start();
  }
});
afterAll(async () => {
  for (const worker of workers) {
    await worker.get(ReplayEvents).stop();
    await worker.get(OutboxRelay).stop();
    await worker.close();
  }
  await redis.close();
  await test.drop();
});

const app = () => workers[0]!;
const run = async <T>(command: Command<T>): Promise<T> => await app().get(CommandBus).execute(command);
const by = { actor: 'key:operator', correlationId: 'c' };
const countries = ['india', 'morocco', 'canada', 'uk'];
const branches = ['IL', 'CO', 'SE'];

/** The days since: the orders came on another day than they were stored, for the month to be one. */
async function monthOfOrders(): Promise<void> {
  for (let index = 0; index < 60; index += 1) {
    const id = `M${index}`;
    const order = {
      id,
      branch: branches[index % 3],
      amount: 100 + index / 4,
      currency: index % 5 ? 'ILS' : 'USD',
    };
    const body = viziOrder({ order, form: { country: countries[index % 4] } });
    const { deliveryId } = await deliver(test.database, body);
    await run(new CreateOrder(deliveryId));
    await test.query(
      `update orders set created_at = now() - make_interval(hours => $2) where order_id = $1`,
      [id, index * 12],
    );
    if (index % 4 === 1) {
      const later = viziOrder({ order: { ...order, amount: 999 }, form: { country: 'atlantis' } });
      await run(new CreateOrder((await deliver(test.database, later)).deliveryId));
    }
    if (index % 7 === 2) await run(new PatchOrder(id, { orderStatus: 'canceled' }, 'called', by));
    // Moved to another day as well as counted: told of it once more.
    else await run(new PatchOrder(id, { clientName: `Dana ${index}` }, 'called', by));
  }
  const told = { contactSynced: true, confirmationSent: true, visaSent: false };
  const receivedAt = new Date(Date.now() - 3_600_000).toISOString();
  const value = { payload: viziOrder({ order: { id: 'IL260105IN901' } }), receivedAt, told };
  await run(new ImportOrders([{ line: 1, value }], { tellWithinHours: 72, dryRun: false }));
}

const untilQuiet = async () =>
  await until(
    async () => await test.query('select from outbox limit 1'),
    (rows) => rows.length === 0,
  );
const counted = async () => ({
  counts: await test.query(
    'select hours, begins, respect, value, orders from order_counts where orders <> 0 order by 1, 2, 3, 4',
  ),
  revenues: await test.query(
    `select hours, begins, currency, orders, priced, revenue::text from order_revenues where orders <> 0
     order by 1, 2, 3`,
  ),
  orders: await test.query('select * from counted_orders order by order_id'),
});

const stats = async () =>
  await app()
    .get(QueryBus)
    .execute(new GetOrderStats({ period: 'month' }));

async function rebuild(): Promise<void> {
  const request = {
    handler: orderStatistics.name,
    rebuild: true,
    force: false,
    ratePerSecond: 10_000,
    reason: undefined,
  };
  const { id } = await app().get(CommandBus).execute(new StartEventReplay(request, by));
  await until(
    async () => await app().get(QueryBus).execute(new GetEventReplay(id)),
    ({ state }) => state === 'done',
  );
}

describe('the handler that counts orders', () => {
  it('has counted a month of orders and changes, and rebuilds the very same from its events, damaged or not', async () => {
    await monthOfOrders();
    await untilQuiet();
    const before = await counted();
    expect(before.orders).toHaveLength(61);
    expect(before.counts.length).toBeGreaterThan(150);
    await rebuild();
    await expect(counted()).resolves.toEqual(before);
    await test.query(`update order_counts set orders = orders + 7 where respect = 'branch'`);
    await test.query(`delete from order_counts where respect = 'country'`);
    await test.query('delete from order_revenues');
    await test.query(`delete from counted_orders where order_id < 'M3'`);
    await rebuild();
    await expect(counted()).resolves.toEqual(before);
  }, 60_000);

  it('answers from the orders while the sums are made anew', async () => {
    await untilQuiet();
    const ask = async () => (await stats()).byBranch;
    const right = await ask();
    await test.query(`update order_counts set orders = orders + 1000 where respect = 'branch'`);
    await expect(ask()).resolves.not.toEqual(right);
    await test.query(`update event_replays set state = 'cancelled', finished_at = null`);
    await expect(ask()).resolves.toEqual(right);
    await test.query(`update event_replays set state = 'done', finished_at = now()`);
  });

  it.each([
    ['a fact that the handler cannot take', 'waiting'],
    ['a fact that it has given up', 'dead'],
    ['a fact that an operator has discarded', 'discarded'],
  ])('answers what is so, not what was counted, while there is %s', async (_name, state) => {
    const ask = async () => (await stats()).byStatus;
    const right = await ask();
    await test.query(`update orders set order_status = 'of old' where order_id = 'M0'`);
    await expect(ask()).resolves.toEqual(right);
    await test.query(
      `insert into handler_backlog (handler, position, aggregate_type, aggregate_id, replayed, state, attempts, settled_at)
       values ($1, 1, 'order', 'M0', false, $2, 1, case $2 when 'discarded' then now() end)`,
      [orderStatistics.name, state],
    );
    await expect(ask()).resolves.toMatchObject({ 'of old': 1 });
    await test.query(`delete from handler_backlog`);
    await test.query(`update orders set order_status = (select status from counted_orders where order_id = 'M0')
      where order_id = 'M0'`);
  });

  it('answers what is so while nobody is told of what happens', async () => {
    for (const worker of workers) await worker.get(OutboxRelay).stop();
    const before = (await stats()).totalOrders;
    const { deliveryId } = await deliver(test.database, viziOrder({ order: { id: 'UNTOLD' } }));
    await run(new CreateOrder(deliveryId));
    expect((await stats()).totalOrders).toBe(before + 1);
  });
});
