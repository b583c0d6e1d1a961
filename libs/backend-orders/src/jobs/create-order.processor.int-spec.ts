import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createTestContext,
  createTestDatabase,
  deliver,
  type TestDatabase,
  viziOrder,
} from '@visapi/backend-testing';
import { CreateOrderProcessor } from './create-order.processor.js';
import { OrdersJobsModule, ordersSubscriptions } from './orders-jobs.module.js';

let test: TestDatabase;
let app: INestApplicationContext;
let processor: CreateOrderProcessor;
let counter = 0;

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [OrdersJobsModule]);
  processor = app.get(CreateOrderProcessor);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

async function receive(changes: Record<string, unknown> = {}) {
  const orderId = `IL260105IN${(counter += 1)}`;
  const { deliveryId } = await deliver(test.database, {
    ...viziOrder({ order: { id: orderId } }),
    ...changes,
  });
  return { orderId, deliveryId };
}

const stateOf = async (deliveryId: string) =>
  (
    await test.query<{ state: string; problems: string | null }>(
      'select state, problems from deliveries where id = $1',
      [deliveryId],
    )
  )[0];

describe('the create-order job', () => {
  it('succeeds: tells that the order was created, with its correlation id', async () => {
    const { orderId, deliveryId } = await receive();
    await expect(processor.handle({ deliveryId })).resolves.toMatchObject({
      outcome: 'created',
      event: 'order.created',
      orderId,
      correlationId: expect.stringContaining('test-'),
    });
  });

  it('runs twice: the second time finds nothing open', async () => {
    const { deliveryId } = await receive();
    await processor.handle({ deliveryId });
    await expect(processor.handle({ deliveryId })).resolves.toEqual({ outcome: 'nothing-open' });
  });

  it('fails, then succeeds', async () => {
    const { orderId, deliveryId } = await receive();
    await test.query(`alter table orders add constraint not_now check (order_id <> '${orderId}') not valid`);
    await expect(processor.handle({ deliveryId })).rejects.toThrow('not_now');
    await expect(stateOf(deliveryId)).resolves.toMatchObject({ state: 'open' });
    await test.query('alter table orders drop constraint not_now');
    await expect(processor.handle({ deliveryId })).resolves.toMatchObject({ outcome: 'created' });
  });

  it('marks the delivery failed after the last attempt, visibly and kept for a replay', async () => {
    const { deliveryId } = await deliver(test.database, Buffer.from('[1]'), { orderId: 'IL260105IN0' });
    const error: Error = await processor.handle({ deliveryId }).then(
      () => new Error('it should have failed'),
      (thrown: Error) => thrown,
    );
    await processor.exhausted({ deliveryId }, error);
    const row = await stateOf(deliveryId);
    expect(row).toMatchObject({ state: 'failed' });
    expect(JSON.parse(row?.problems ?? '')).toEqual([
      { path: '', message: 'The stored body is not a JSON object.' },
    ]);
    await expect(processor.handle({ deliveryId })).resolves.toEqual({ outcome: 'nothing-open' });
  });

  it('tells a change as a change', async () => {
    const { orderId, deliveryId } = await receive();
    await processor.handle({ deliveryId });
    const later = await deliver(test.database, viziOrder({ order: { id: orderId }, form: { quantity: 1 } }));
    await expect(processor.handle({ deliveryId: later.deliveryId })).resolves.toMatchObject({
      outcome: 'changed',
      event: 'order.changed',
      orderId,
    });
  });

  it('is woken by each stored delivery, once per delivery', () => {
    const aggregateId = randomUUID();
    const event = { position: 1, type: 'delivery.received', aggregateType: 'delivery', aggregateId };
    const rest = {
      aggregateVersion: 1,
      actor: 'key:x',
      correlationId: 'c',
      payload: {},
      occurredAt: new Date(),
    };
    const jobs = ordersSubscriptions.flatMap((subscription) => [...subscription.jobs({ ...event, ...rest })]);
    expect(jobs).toMatchObject([{ id: `create-order-${aggregateId}`, payload: { deliveryId: aggregateId } }]);
  });
});
