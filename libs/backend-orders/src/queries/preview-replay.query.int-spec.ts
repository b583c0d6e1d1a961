import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, CqrsModule, QueryBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createTestContext,
  createTestDatabase,
  deliver,
  type TestDatabase,
  viziOrder,
} from '@visapi/backend-testing';
import { CreateOrder } from '../commands/create-order.command.js';
import { QuarantineDelivery } from '../commands/quarantine-delivery.command.js';
import { OrdersModule } from '../orders.module.js';
import { PreviewReplay } from './preview-replay.query.js';

let test: TestDatabase;
let app: INestApplicationContext;
let counter = 0;

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [CqrsModule, OrdersModule]);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

const newOrderId = () => `IL260105IN${(counter += 1)}`;
const preview = async (id: string) =>
  await app.get(QueryBus).execute(new PreviewReplay(id, { mode: 'missing' }));
const create = async (id: string) => await app.get(CommandBus).execute(new CreateOrder(id));

async function receive(orderId: string, form: object = {}, rejected = false) {
  const body = viziOrder({ order: { id: orderId }, form: { ...form, nonce: (counter += 1) } });
  const given = { verdict: 'rejected', problems: '[]', orderId: null } as const;
  return (await deliver(test.database, body, rejected ? given : {})).deliveryId;
}

async function quarantined(orderId: string, form: object = {}) {
  const id = await receive(orderId, form);
  await app.get(CommandBus).execute(new QuarantineDelivery(id, 'a defect'));
  return id;
}

const everything = async () => [
  await test.query('select * from deliveries order by position'),
  await test.query('select * from events order by position'),
  await test.query('select * from orders order by order_id'),
  await test.query('select * from effects order by id'),
];

describe('the preview of a replay', () => {
  it('shows the order, its effects and its warnings, and writes nothing', async () => {
    const orderId = newOrderId();
    const id = await quarantined(orderId, { client: { whatsappAlertsEnabled: false } });
    const before = await everything();
    await expect(preview(id)).resolves.toEqual({
      deliveryId: id,
      orderId,
      now: { outcome: 'accepted', state: 'failed' },
      would: 'open',
      problems: [],
      order: {
        branch: 'il',
        product: 'india_tourist_year',
        country: 'india',
        warnings: expect.any(Array),
      },
      effects: [
        { kind: 'contact', state: 'planned', reason: null },
        { kind: 'message', state: 'skipped', reason: 'no-consent' },
      ],
    });
    await expect(everything()).resolves.toEqual(before);
  });

  it('names the fields that a change would bring, and what becomes of the confirmation', async () => {
    const orderId = newOrderId();
    await create(await receive(orderId));
    const id = await quarantined(orderId, { client: { email: 'later@example.test' } });
    const [contact, planned] = [
      { kind: 'contact', state: 'planned', reason: null },
      { kind: 'message', state: 'planned', reason: null },
    ];
    await expect(preview(id)).resolves.toMatchObject({
      would: 'open',
      fields: expect.arrayContaining(['clientEmail']),
      effects: [contact, planned],
    });
    await test.query(`update effects set state = 'accepted' where order_id = $1`, [orderId]);
    await expect(preview(id)).resolves.toMatchObject({
      effects: [contact, { kind: 'message', state: 'accepted', reason: 'stays-as-it-is' }],
    });
  });

  it('says accept, change, skip or reject of a rejected delivery, as a replay would', async () => {
    const orderId = newOrderId();
    const id = await receive(orderId, {}, true);
    await expect(preview(id)).resolves.toMatchObject({ would: 'accept', orderId, order: { branch: 'il' } });
    await create(await receive(orderId));
    // It arrived before what the order holds, so it would change nothing of it.
    await expect(preview(id)).resolves.toMatchObject({ would: 'change', fields: [], effects: [] });
    const tested = await receive(`${newOrderId()}-TEST`, {}, true);
    await expect(preview(tested)).resolves.toMatchObject({ would: 'skip' });
    const given = { verdict: 'rejected', problems: '[]', orderId: null } as const;
    const unusable = await deliver(test.database, { nonce: (counter += 1) }, given);
    await expect(preview(unusable.deliveryId)).resolves.toMatchObject({
      would: 'reject',
      orderId: null,
      problems: [{ path: 'order' }, { path: 'form' }],
    });
  });

  it('shows what cannot be interpreted as a problem in words', async () => {
    const { deliveryId } = await deliver(test.database, Buffer.from('[1]'), { orderId: newOrderId() });
    await app.get(CommandBus).execute(new QuarantineDelivery(deliveryId, 'a defect'));
    await expect(preview(deliveryId)).resolves.toMatchObject({
      would: 'open',
      problems: [{ path: '', message: 'The stored body is not a JSON object.' }],
    });
    await test.query('delete from delivery_bodies where delivery_id = $1', [deliveryId]);
    await expect(preview(deliveryId)).resolves.toMatchObject({
      problems: [{ path: '', message: 'The bytes of this delivery are no longer kept.' }],
    });
  });

  it('says that there is nothing to do for what is applied or open', async () => {
    const id = await receive(newOrderId());
    await expect(preview(id)).resolves.toMatchObject({ would: 'nothing', now: { state: 'open' } });
    await create(id);
    await expect(preview(id)).resolves.toMatchObject({ would: 'nothing', now: { state: 'applied' } });
  });

  it('answers that there is no such delivery', async () => {
    await expect(preview(randomUUID())).rejects.toMatchObject({ category: 'not-found' });
  });
});
