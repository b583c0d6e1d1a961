import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, CqrsModule, QueryBus } from '@nestjs/cqrs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createTestContext,
  createTestDatabase,
  deliver,
  type TestDatabase,
  viziOrder,
} from '@visapi/backend-testing';
import { OrdersModule } from '../orders.module.js';
import { PreviewReplays } from '../queries/preview-replays.query.js';
import { CreateOrder } from './create-order.command.js';
import { QuarantineDelivery } from './quarantine-delivery.command.js';
import { ReplayDeliveries } from './replay-deliveries.command.js';

let test: TestDatabase;
let app: INestApplicationContext;
let counter = 0;
const by = { actor: 'key:ops', correlationId: 'ops-1', reason: '' };

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [CqrsModule, OrdersModule]);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});
afterEach(async () => await test.query('truncate deliveries, delivery_bodies, events cascade'));

const replay = async (filter: object, after = 0) =>
  await app.get(CommandBus).execute(new ReplayDeliveries(filter, after, { mode: 'missing' }, by));
const preview = async (filter: object, after = 0) =>
  await app.get(QueryBus).execute(new PreviewReplays(filter, after, { mode: 'missing' }));

async function quarantined(orderId = `IL260105IN${(counter += 1)}`) {
  const body = viziOrder({ order: { id: orderId }, form: { nonce: (counter += 1) } });
  const { deliveryId } = await deliver(test.database, body);
  await app.get(CommandBus).execute(new QuarantineDelivery(deliveryId, 'a defect'));
  return deliveryId;
}

async function rejected(body: object = { nonce: (counter += 1) }) {
  const changes = { verdict: 'rejected', problems: '[]', orderId: null } as const;
  return (await deliver(test.database, body, changes)).deliveryId;
}

const openCount = async () =>
  Number(
    (await test.query<{ n: string }>(`select count(*) as n from deliveries where state = 'open'`))[0]?.n,
  );

describe('the replay of many deliveries', () => {
  it('opens fifty quarantined ones, each order once, and all of them become orders', async () => {
    const ids = [];
    for (let order = 0; order < 25; order += 1) {
      const orderId = `IL260105IN9${order}`;
      ids.push(await quarantined(orderId), await quarantined(orderId));
    }
    const answer = await replay({ state: 'failed' });
    expect(answer).toMatchObject({ matched: 50, replayed: 50, unchanged: 0, failed: 0, more: false });
    expect(answer.results.map(({ deliveryId }) => deliveryId)).toEqual(ids);
    await expect(openCount()).resolves.toBe(50);
    for (const id of ids) await app.get(CommandBus).execute(new CreateOrder(id));
    await expect(openCount()).resolves.toBe(0);
    await expect(replay({ state: 'failed' })).resolves.toMatchObject({ matched: 0, results: [] });
  });

  it('goes on after one that fails, and says which and why', async () => {
    const [one, broken, other] = [await quarantined('A1'), await quarantined('A2'), await quarantined('A3')];
    await test.query(
      `alter table deliveries add constraint not_now check (order_id <> 'A2' or state <> 'open') not valid`,
    );
    const answer = await replay({ ids: [one, broken, other] });
    await test.query('alter table deliveries drop constraint not_now');
    expect(answer).toMatchObject({ matched: 3, replayed: 2, failed: 1 });
    expect(answer.results[1]).toMatchObject({
      deliveryId: broken,
      status: 'failed',
      problems: [{ path: '' }],
    });
    await expect(openCount()).resolves.toBe(2);
    await expect(replay({ ids: [broken] })).resolves.toMatchObject({ replayed: 1, failed: 0 });
  });

  it('happens once for each order when two operators do it at the same moment', async () => {
    for (const orderId of ['E1', 'E2', 'E3', 'E4']) await quarantined(orderId);
    const answers = await Promise.all([replay({ state: 'failed' }), replay({ state: 'failed' })]);
    expect(answers.map(({ failed }) => failed)).toEqual([0, 0]);
    const told = await test.query(`select from events where type = 'operator.replayed'`);
    expect(told).toHaveLength(4);
    await expect(openCount()).resolves.toBe(4);
  });

  it('counts what stays as it is: still unusable, or nothing to do', async () => {
    await rejected();
    const open = await deliver(test.database, viziOrder({ order: { id: 'B1' } }));
    await expect(replay({ from: new Date(0) })).resolves.toMatchObject({
      matched: 2,
      replayed: 0,
      unchanged: 2,
    });
    await expect(replay({ ids: [open.deliveryId] })).resolves.toMatchObject({
      results: [{ status: 'nothing-to-do' }],
    });
  });

  it('says when there are more than one call takes, and goes on from there', async () => {
    const [id] = [await rejected()];
    await test.query(
      `insert into deliveries (id, kind, source, outcome, state, body_hash, correlation_id)
       select gen_random_uuid(), 'order', 'vizi', 'rejected', 'closed', decode(md5(n::text), 'hex'), 'many'
       from generate_series(1, 1005) n`,
    );
    const first = await replay({ outcome: 'rejected' });
    expect(first).toMatchObject({ matched: 1000, more: true, results: { length: 1000 } });
    expect(first.results[0]).toMatchObject({ deliveryId: id, status: 'rejected' });
    // Their bytes are gone.
    expect(first.failed).toBe(999);
    const rest = await replay({ outcome: 'rejected' }, Number(first.cursor));
    expect(rest).toMatchObject({ matched: 6, more: false, cursor: null });
  });

  it('finds by order, outcome and time', async () => {
    const id = await quarantined('C1');
    await quarantined('C2');
    const hour = 3_600_000;
    await expect(preview({ orderId: 'C1' })).resolves.toMatchObject({ results: [{ deliveryId: id }] });
    await expect(preview({ from: new Date(Date.now() - hour) })).resolves.toMatchObject({ matched: 2 });
    await expect(preview({ to: new Date(Date.now() - hour) })).resolves.toMatchObject({ matched: 0 });
    await expect(preview({ outcome: 'changed' })).resolves.toMatchObject({ matched: 0 });
  });

  it('is foreseen without writing anything, an order’s second body as its change', async () => {
    await quarantined('D1');
    await rejected(viziOrder({ order: { id: 'D2' }, form: { nonce: 1 } }));
    await rejected(viziOrder({ order: { id: 'D2' }, form: { nonce: 2 } }));
    await rejected();
    const before = await test.query('select * from deliveries order by position');
    const foreseen = await preview({ from: new Date(0) });
    expect(foreseen.results.map(({ would }) => would)).toEqual(['open', 'accept', 'change', 'reject']);
    await expect(test.query('select * from deliveries order by position')).resolves.toEqual(before);
    const done = await replay({ from: new Date(0) });
    expect(done.results.map(({ status }) => status)).toEqual(['opened', 'accepted', 'changed', 'rejected']);
  });
});
