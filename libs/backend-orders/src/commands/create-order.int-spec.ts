import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { DeliveriesRepository } from '@visapi/backend-repositories/inbox';
import { OrdersRepository } from '@visapi/backend-repositories/orders';
import { createTestDatabase, deliver, type TestDatabase, viziOrder } from '@visapi/backend-testing';
import fc from 'fast-check';
import { CreateOrder, CreateOrderHandler } from './create-order.command.js';
import { UpdateOrderProcessing, UpdateOrderProcessingHandler } from './update-order-processing.command.js';

let test: TestDatabase;
let handler: CreateOrderHandler;
let counter = 0;

beforeAll(async () => {
  test = await createTestDatabase();
  handler = new CreateOrderHandler(
    test.database,
    new DeliveriesRepository(),
    new OrdersRepository(),
    new EffectsRepository(),
  );
});
afterAll(async () => await test.drop());

const newOrderId = () => `IL260105IN${(counter += 1)}`;
const run = async (deliveryId: string) => await handler.execute(new CreateOrder(deliveryId));

async function accept(changes: Record<string, unknown> = {}) {
  const orderId = newOrderId();
  const { deliveryId } = await deliver(
    test.database,
    viziOrder({ ...changes, order: { ...(changes['order'] as object), id: orderId } }),
  );
  return { orderId, deliveryId };
}

async function traces(orderId: string) {
  const count = async (sql: string) => Number((await test.query<{ n: string }>(sql, [orderId]))[0]?.n);
  return {
    orders: await count('select count(*) as n from orders where order_id = $1'),
    contacts: await count(`select count(*) as n from effects where order_id = $1 and kind = 'contact'`),
    messages: await count(
      'select count(*) as n from messages m join effects e on e.id = m.effect_id where m.order_id = $1',
    ),
    events: await count(
      `select count(*) as n from events where aggregate_type = 'order' and aggregate_id = $1`,
    ),
  };
}

const onceEach = { orders: 1, contacts: 1, messages: 1, events: 1 };

describe('CreateOrder', () => {
  it('makes the order, what it owes, the words and the fact, and marks the delivery, in one go', async () => {
    const { orderId, deliveryId } = await accept();
    await expect(run(deliveryId)).resolves.toMatchObject({ orderId, created: true, changes: 0 });
    await expect(traces(orderId)).resolves.toEqual(onceEach);
    const [order] = await test.query('select * from orders where order_id = $1', [orderId]);
    expect(order).toMatchObject({
      branch: 'il',
      client_phone: '+972500000001',
      amount: '498.0000',
      processed_at: null,
    });
    const effects = await test.query(
      'select kind, state, lane, semantic_key from effects where order_id = $1 order by kind',
      [orderId],
    );
    const planned = { state: 'planned', lane: '+972500000001' };
    expect(effects).toEqual([
      { ...planned, kind: 'contact', semantic_key: `contact:${orderId}:1` },
      { ...planned, kind: 'message', semantic_key: `message:order_confirmation:${orderId}` },
    ]);
    const [delivery] = await test.query('select state, applied_at from deliveries where id = $1', [
      deliveryId,
    ]);
    expect(delivery).toEqual({ state: 'applied', applied_at: expect.any(Date) });
  });

  it('keeps personal values out of events', async () => {
    const { orderId, deliveryId } = await accept();
    await run(deliveryId);
    const events = await test.query('select * from events where aggregate_id = any($1)', [
      [orderId, deliveryId],
    ]);
    expect(events).toHaveLength(2);
    expect(JSON.stringify(events)).not.toMatch(/דנה|dana|500000001|X0000/);
  });

  it('carries the correlation id of the delivery on to effects and event', async () => {
    const orderId = newOrderId();
    const body = viziOrder({ order: { id: orderId } });
    const { deliveryId } = await deliver(test.database, body, { correlationId: 'from-the-header' });
    await run(deliveryId);
    const ids = await test.query<{ correlation_id: string }>(
      `select correlation_id from effects where order_id = $1
       union all select correlation_id from events where aggregate_id = $1`,
      [orderId],
    );
    expect(ids.map((row) => row.correlation_id)).toEqual(Array(3).fill('from-the-header'));
  });

  it('withholds both effects of another branch, visibly, and has nothing left to do', async () => {
    const { orderId, deliveryId } = await accept({ order: { branch: 'SE' } });
    await run(deliveryId);
    const effects = await test.query('select state, reason, skipped_at from effects where order_id = $1', [
      orderId,
    ]);
    expect(effects).toEqual(
      Array(2).fill({ state: 'skipped', reason: 'branch', skipped_at: expect.any(Date) }),
    );
    const [message] = await test.query('select phone, parameters from messages where order_id = $1', [
      orderId,
    ]);
    expect(message).toEqual({ phone: null, parameters: null });
    await new UpdateOrderProcessingHandler(test.database).execute(new UpdateOrderProcessing([orderId]));
    const [order] = await test.query('select processed_at from orders where order_id = $1', [orderId]);
    expect(order).toEqual({ processed_at: expect.any(Date) });
  });

  it('plans the contact and withholds the message without consent', async () => {
    const { orderId, deliveryId } = await accept({ form: { client: { whatsappAlertsEnabled: false } } });
    await run(deliveryId);
    const effects = await test.query(
      'select kind, state, reason from effects where order_id = $1 order by kind',
      [orderId],
    );
    expect(effects).toEqual([
      { kind: 'contact', state: 'planned', reason: null },
      { kind: 'message', state: 'skipped', reason: 'no-consent' },
    ]);
  });

  it('does nothing the second time, and nothing for a delivery that does not exist', async () => {
    const { orderId, deliveryId } = await accept();
    await run(deliveryId);
    await expect(run(deliveryId)).resolves.toMatchObject({ created: false, changes: 0 });
    await expect(run(randomUUID())).resolves.toMatchObject({ orderId: null });
    await expect(traces(orderId)).resolves.toEqual(onceEach);
  });

  it('makes one order when many workers run the same delivery at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { orderId, deliveryId } = await accept();
      const results = await Promise.all(Array.from({ length: 4 }, () => run(deliveryId)));
      expect(results.filter(({ created }) => created)).toHaveLength(1);
      await expect(traces(orderId)).resolves.toEqual(onceEach);
    }
  });

  it('leaves nothing behind when a part cannot be written', async () => {
    const { orderId, deliveryId } = await accept();
    await test.query(
      `alter table messages add constraint no_words check (order_id <> '${orderId}') not valid`,
    );
    await expect(run(deliveryId)).rejects.toThrow('no_words');
    await expect(traces(orderId)).resolves.toEqual({ orders: 0, contacts: 0, messages: 0, events: 0 });
    await test.query('alter table messages drop constraint no_words');
    await expect(run(deliveryId)).resolves.toMatchObject({ created: true });
  });

  it('stores an order for whatever body names one', async () => {
    const unicode = fc.string({ unit: 'binary', maxLength: 40 });
    const value = fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' });
    const parts = (names: readonly string[]) =>
      fc.dictionary(
        fc.constantFrom(...names),
        fc.oneof(value, unicode, fc.double(), fc.bigInt().map(Number)),
        { maxKeys: 6 },
      );
    const client = parts(['name', 'email', 'phone', 'whatsappAlertsEnabled']);
    const product = parts([
      'name',
      'country',
      'docType',
      'intent',
      'entries',
      'validity',
      'wait',
      'stay_limit',
    ]);
    const form = fc.tuple(
      parts(['id', 'country', 'quantity', 'urgency', 'applicants', 'entry']),
      client,
      product,
    );
    const order = parts([
      'form_id',
      'branch',
      'domain',
      'payment_processor',
      'payment_id',
      'amount',
      'currency',
      'status',
    ]);
    await fc.assert(
      fc.asyncProperty(form, order, async ([rest, person, bought], paid) => {
        const id = newOrderId();
        const body = { form: { ...rest, client: person, product: bought }, order: { ...paid, id } };
        const { deliveryId } = await deliver(test.database, body);
        await expect(run(deliveryId)).resolves.toMatchObject({ orderId: id, created: true });
      }),
      { numRuns: 300 },
    );
  });
});
