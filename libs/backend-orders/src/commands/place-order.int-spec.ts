import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestContext, createTestDatabase, type TestDatabase, viziOrder } from '@visapi/backend-testing';
import { OrdersModule } from '../orders.module.js';
import { GetOrderTimeline } from '../queries/get-order-timeline.query.js';
import { CreateOrder } from './create-order.command.js';
import { PlaceOrder } from './place-order.command.js';

let test: TestDatabase;
let app: INestApplicationContext;

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [OrdersModule]);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

async function place(body: object, actor: string) {
  const request = { body: Buffer.from(JSON.stringify(body)), headers: '{}', apiKeyId: null, ip: '192.0.2.7' };
  const commands = app.get(CommandBus);
  const placed = await commands.execute(new PlaceOrder({ ...request, correlationId: 'by-hand', actor }));
  if (placed.kind !== 'stored') throw new Error('The order was not stored');
  await commands.execute(new CreateOrder(placed.deliveryId));
  return placed;
}

describe('an order that somebody gives by hand', () => {
  it('is theirs in the history and the timeline, and so is what they give later', async () => {
    const [first, second] = ['user:0199-first', 'key:0199-second'];
    const id = 'IL260105IN31';
    await place(viziOrder({ order: { id } }), first);
    await place(viziOrder({ order: { id }, form: { quantity: 1 } }), second);
    const told = await test.query<{ type: string; actor: string; ip: string | null }>(
      `select type, actor, ip from events where type in ('delivery.received', 'order.created', 'order.changed')
       order by position`,
    );
    expect(told).toEqual([
      { type: 'delivery.received', actor: first, ip: '192.0.2.7' },
      { type: 'order.created', actor: first, ip: null },
      { type: 'delivery.received', actor: second, ip: '192.0.2.7' },
      { type: 'order.changed', actor: second, ip: null },
    ]);
    const timeline = await app.get(QueryBus).execute(new GetOrderTimeline(id));
    const actors = timeline
      .filter(({ kind }) => ['delivery.received', 'order.created', 'order.changed'].includes(kind))
      .map(({ kind, actor }) => [kind, actor]);
    expect(actors).toEqual([
      ['delivery.received', first],
      ['order.created', first],
      ['delivery.received', second],
      ['order.changed', second],
    ]);
  });
});
