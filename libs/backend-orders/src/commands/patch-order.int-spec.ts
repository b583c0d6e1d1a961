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
import type { Correction } from '../correction.js';
import { OrdersModule } from '../orders.module.js';
import { GetOrderById } from '../queries/get-order-by-id.query.js';
import { GetOrderTimeline } from '../queries/get-order-timeline.query.js';
import { CreateOrder } from './create-order.command.js';
import { FlagOrder } from './flag-order.command.js';
import { PatchOrder } from './patch-order.command.js';
import { ReviewOrder } from './review-order.command.js';

let test: TestDatabase;
let app: INestApplicationContext;
let counter = 0;
const by = { actor: 'key:ops', correlationId: 'ops-1' };

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [CqrsModule, OrdersModule]);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

const run = async (command: FlagOrder | PatchOrder | ReviewOrder) =>
  await app.get(CommandBus).execute(command);
const patch = async (orderId: string, correction: Correction) =>
  await run(new PatchOrder(orderId, correction, 'the customer rang', by));
const review = async (orderId: string) => await run(new ReviewOrder(orderId, 'the customer agreed', by));
const flag = async (orderId: string) => await run(new FlagOrder(orderId, 'is the name right?', by));
const order = async (orderId: string) => await app.get(QueryBus).execute(new GetOrderById(orderId));
const told = async (orderId: string) =>
  (await app.get(QueryBus).execute(new GetOrderTimeline(orderId)))
    .filter(({ actor }) => actor === by.actor)
    .map(({ kind, detail }) => `${kind} ${detail}`);

async function receive(orderId: string, form: object = {}) {
  const body = viziOrder({ order: { id: orderId }, form: { ...form, nonce: (counter += 1) } });
  await app.get(CommandBus).execute(new CreateOrder((await deliver(test.database, body)).deliveryId));
}

async function made(form: object = {}) {
  const orderId = `IL260105IN${(counter += 1)}`;
  await receive(orderId, form);
  return orderId;
}

async function effects(orderId: string) {
  const rows = await test.query<{ told: string }>(
    `select e.kind || ' ' || e.state || coalesce(' ' || e.reason, '') || coalesce(' ' || m.phone, '') as told
     from effects e left join messages m on m.effect_id = e.id
     where e.order_id = $1 order by e.kind, e.planned_at`,
    [orderId],
  );
  return rows.map((row) => row.told);
}

describe('an operator’s correction', () => {
  it('writes the contact again and lets the waiting confirmation follow to the right phone', async () => {
    const orderId = await made({ client: { phone: { code: '972', number: '12' } } });
    await expect(effects(orderId)).resolves.toEqual([
      'contact skipped invalid-phone',
      'message skipped invalid-phone',
    ]);
    await expect(patch(orderId, { clientPhone: '+972500000077' })).resolves.toEqual({
      fields: ['clientPhone'],
    });
    await expect(effects(orderId)).resolves.toEqual([
      'contact skipped invalid-phone',
      'contact planned',
      'message planned +972500000077',
    ]);
    await expect(order(orderId)).resolves.toMatchObject({ clientPhone: '+972500000077', warnings: [] });
    await expect(told(orderId)).resolves.toEqual(['order.changed clientPhone: the customer rang']);
  });

  it('never repeats a confirmation that went out', async () => {
    const orderId = await made();
    await test.query(`update effects set state = 'accepted', accepted_at = now() where order_id = $1`, [
      orderId,
    ]);
    await patch(orderId, { clientName: 'דנה אחרת', whatsappAlertsEnabled: false });
    await expect(effects(orderId)).resolves.toEqual([
      'contact accepted',
      'contact planned',
      'message accepted +972500000001',
    ]);
  });

  it('withholds what waits when the order is canceled or consent withdrawn', async () => {
    const [canceled, refused] = [await made(), await made()];
    await patch(canceled, { orderStatus: 'canceled' });
    await patch(refused, { whatsappAlertsEnabled: false });
    await expect(effects(canceled)).resolves.toContain('message skipped canceled');
    await expect(effects(refused)).resolves.toContain('message skipped no-consent');
  });

  it('takes a value away with null, and leaves alone what is not named', async () => {
    const orderId = await made();
    await patch(orderId, { clientEmail: null });
    await expect(order(orderId)).resolves.toMatchObject({ clientEmail: null, clientPhone: '+972500000001' });
  });

  it('changes and tells nothing the second time, and once when two do the same at once', async () => {
    const orderId = await made();
    await Promise.all([1, 2, 3].map(() => patch(orderId, { clientName: 'דנה אחרת' })));
    await expect(patch(orderId, { clientName: 'דנה אחרת' })).resolves.toEqual({ fields: [] });
    await expect(told(orderId)).resolves.toHaveLength(1);
    await expect(effects(orderId)).resolves.toHaveLength(3);
  });

  it('loses nothing when several correct different fields at once', async () => {
    const orderId = await made();
    await Promise.all([
      patch(orderId, { clientName: 'דנה אחרת' }),
      patch(orderId, { clientEmail: 'other@example.test' }),
      patch(orderId, { clientPhone: '+972500000078' }),
    ]);
    await expect(order(orderId)).resolves.toMatchObject({
      clientName: 'דנה אחרת',
      clientEmail: 'other@example.test',
      clientPhone: '+972500000078',
    });
  });

  it('answers that there is no such order', async () => {
    await expect(patch('IL0', { clientName: 'x' })).rejects.toMatchObject({ category: 'not-found' });
  });
});

describe('the review of changed money or product', () => {
  it('is asked for by a change of the amount, and ended once by whoever looks', async () => {
    const orderId = await made();
    await receive(orderId, { quantity: 1, client: { email: 'x@example.test' } });
    await expect(order(orderId)).resolves.toMatchObject({ review: ['visaQuantity'] });
    const answers = await Promise.all([1, 2, 3].map(() => review(orderId)));
    expect(answers.map(({ fields }) => fields.join()).sort()).toEqual(['', '', 'visaQuantity']);
    await expect(order(orderId)).resolves.toMatchObject({ review: [] });
    await expect(told(orderId)).resolves.toEqual(['operator.reviewed visaQuantity: the customer agreed']);
  });

  it('answers that there is no such order', async () => {
    await expect(review('IL0')).rejects.toMatchObject({ category: 'not-found' });
  });

  it('is asked for by a colleague too, beside what is to be looked at anyway', async () => {
    const orderId = await made();
    await receive(orderId, { quantity: 1 });
    await flag(orderId);
    await flag(orderId);
    await expect(order(orderId)).resolves.toMatchObject({ review: ['flagged', 'visaQuantity'] });
    await review(orderId);
    await expect(order(orderId)).resolves.toMatchObject({ review: [] });
    await expect(told(orderId)).resolves.toEqual([
      'operator.flagged is the name right?',
      'operator.flagged is the name right?',
      'operator.reviewed flagged, visaQuantity: the customer agreed',
    ]);
    await expect(flag('IL0')).rejects.toMatchObject({ category: 'not-found' });
  });
});
