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
import { OrdersModule } from '../orders.module.js';
import { PreviewReplay } from '../queries/preview-replay.query.js';
import type { ReplayHow } from '../replay-mode.js';
import { CreateOrder } from './create-order.command.js';
import { PatchOrder } from './patch-order.command.js';
import { QuarantineDelivery } from './quarantine-delivery.command.js';
import { ReplayDelivery } from './replay-delivery.command.js';

let test: TestDatabase;
let app: INestApplicationContext;
let counter = 0;
const by = { actor: 'key:ops', correlationId: 'ops-1', reason: 'the CRM is mended' };

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [CqrsModule, OrdersModule]);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

const state: ReplayHow = { mode: 'state' };
const missing: ReplayHow = { mode: 'missing' };
const replay = async (id: string, how: ReplayHow) =>
  await app.get(CommandBus).execute(new ReplayDelivery(id, how, by));
const preview = async (id: string, how: ReplayHow) =>
  await app.get(QueryBus).execute(new PreviewReplay(id, how));

async function made(form: object = {}) {
  const orderId = `IL260105IN${(counter += 1)}`;
  const body = viziOrder({ order: { id: orderId }, form: { ...form, nonce: counter } });
  const { deliveryId } = await deliver(test.database, body);
  await app.get(CommandBus).execute(new CreateOrder(deliveryId));
  return { orderId, deliveryId };
}

/** An order whose contact and confirmation stand as said. */
async function standing(contact: string, message: string, reason: string | null = null) {
  const order = await made();
  for (const [kind, wanted] of Object.entries({ contact, message }))
    await test.query(
      `update effects set state = $3, attempt = 1, reason = case when $3 in ('failed', 'skipped') then $4 end,
         accepted_at = case $3 when 'accepted' then now() end, failed_at = case $3 when 'failed' then now() end,
         lease_until = case $3 when 'claimed' then now() + interval '1 minute' end
       where order_id = $1 and kind = $2`,
      [order.orderId, kind, wanted, reason],
    );
  return order;
}

const effectsOf = async (orderId: string) =>
  await test.query<{ id: string; kind: string; state: string; resend_of: string | null }>(
    'select id, kind, state, resend_of from effects where order_id = $1 order by planned_at, kind, id',
    [orderId],
  );
const everything = async (orderId: string) => [
  await test.query('select * from effects where order_id = $1 order by id', [orderId]),
  await test.query('select * from messages where order_id = $1 order by effect_id', [orderId]),
];
const eventsOf = async (orderId: string) =>
  await test.query<{ type: string; payload: Record<string, unknown> }>(
    `select type, payload from events where aggregate_id = $1 and type <> 'order.created' order by aggregate_version`,
    [orderId],
  );

describe('the replay of what is missing', () => {
  it.each([
    ['accepted', 'accepted'],
    ['planned', 'planned'],
    ['accepted', 'uncertain'],
    ['accepted', 'claimed'],
    ['skipped', 'skipped'],
  ])(
    'plans nothing of an order whose contact is %s and whose confirmation is %s',
    async (contact, message) => {
      const { orderId, deliveryId } = await standing(contact, message, 'stale');
      const before = await everything(orderId);
      await expect(preview(deliveryId, missing)).resolves.toMatchObject({
        would: 'nothing',
        effects: [
          { kind: 'contact', state: contact },
          { kind: 'message', state: message },
        ],
      });
      await expect(replay(deliveryId, missing)).resolves.toMatchObject({ status: 'nothing-to-do' });
      await expect(everything(orderId)).resolves.toEqual(before);
      await expect(eventsOf(orderId)).resolves.toEqual([]);
    },
  );

  it('plans the confirmation that was refused, once, by the mechanism of a resend', async () => {
    const { orderId, deliveryId } = await standing('accepted', 'failed', 'http-400');
    await expect(preview(deliveryId, missing)).resolves.toMatchObject({
      would: 'plan',
      effects: [
        { kind: 'contact', state: 'accepted', reason: 'stays-as-it-is' },
        { kind: 'message', state: 'planned', reason: null },
      ],
    });
    const answers = await Promise.all([replay(deliveryId, missing), replay(deliveryId, missing)]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['nothing-to-do', 'planned']);
    const effects = await effectsOf(orderId);
    const failed = effects.find(({ kind, state: is }) => kind === 'message' && is === 'failed');
    expect(effects.filter(({ resend_of }) => resend_of === failed?.id)).toMatchObject([{ state: 'planned' }]);
    const facts = await eventsOf(orderId);
    expect(facts.map(({ type }) => type)).toEqual([
      'operator.replayed',
      'operator.resent',
      'message.planned',
    ]);
    expect(facts[0]?.payload).toEqual({ mode: 'missing', reason: by.reason, deliveryId });
  });

  it('plans a contact that was given up together with the confirmation that ended with it', async () => {
    const { orderId, deliveryId } = await standing('failed', 'failed', 'contact-failed');
    const answer = await replay(deliveryId, missing);
    expect(answer).toMatchObject({
      status: 'planned',
      planned: [{ effect: 'contact' }, { effect: 'confirmation' }],
    });
    const owed = (await effectsOf(orderId)).filter(({ state: is }) => is === 'planned');
    expect(owed.map(({ id }) => id).sort()).toEqual(answer.planned?.map(({ id }) => id).sort());
    const facts = await eventsOf(orderId);
    const contactEffectId = answer.planned?.[0]?.id;
    expect(facts).toContainEqual({
      type: 'operator.synced',
      payload: { reason: by.reason, contactEffectId },
    });
    await expect(replay(deliveryId, missing)).resolves.toMatchObject({ status: 'nothing-to-do' });
  });

  it('leaves a failed message alone that went to a phone of an operator’s choice', async () => {
    const { orderId, deliveryId } = await standing('accepted', 'failed', 'http-400');
    await test.query(`update effects set awaits_contact = false where order_id = $1 and kind = 'message'`, [
      orderId,
    ]);
    await expect(preview(deliveryId, missing)).resolves.toMatchObject({
      would: 'nothing',
      effects: [{}, { state: 'failed', reason: 'named-phone' }],
    });
  });

  it('does not send what the order no longer wants', async () => {
    const { orderId, deliveryId } = await standing('accepted', 'failed', 'http-400');
    await test.query(`update orders set whatsapp_alerts_enabled = false where order_id = $1`, [orderId]);
    await expect(preview(deliveryId, missing)).resolves.toMatchObject({
      effects: [{}, { state: 'failed', reason: 'no-consent' }],
    });
    await expect(replay(deliveryId, missing)).resolves.toMatchObject({ status: 'nothing-to-do' });
  });

  it('makes effects whose rows are gone, as the order’s first ones', async () => {
    const { orderId, deliveryId } = await made();
    await test.query('delete from messages where order_id = $1', [orderId]);
    await test.query('delete from effects where order_id = $1', [orderId]);
    await expect(preview(deliveryId, missing)).resolves.toMatchObject({
      would: 'plan',
      effects: [{ state: 'planned' }, { state: 'planned' }],
    });
    await replay(deliveryId, missing);
    const keys = await test.query<{ semantic_key: string }>(
      'select semantic_key from effects where order_id = $1 order by kind',
      [orderId],
    );
    expect(keys.map((row) => row.semantic_key)).toEqual([
      `contact:${orderId}:1`,
      `message:order_confirmation:${orderId}`,
    ]);
    const worded = await test.query('select parameters from messages where order_id = $1', [orderId]);
    expect(worded).toEqual([{ parameters: expect.any(Buffer) }]);
  });
});

describe('the replay of an order’s state', () => {
  it('writes what today’s code reads, and leaves every effect and its words as they are', async () => {
    const { orderId, deliveryId } = await standing('accepted', 'accepted');
    await test.query(
      `update orders set product_country = 'atlantis', client_phone = '+972509999991' where order_id = $1`,
      [orderId],
    );
    const before = await everything(orderId);
    const fields = ['clientPhone', 'productCountry'];
    await expect(preview(deliveryId, state)).resolves.toMatchObject({
      would: 'rewrite',
      fields,
      effects: [],
    });
    await expect(replay(deliveryId, state)).resolves.toMatchObject({ status: 'rewritten', fields });
    await expect(everything(orderId)).resolves.toEqual(before);
    const facts = await eventsOf(orderId);
    expect(facts).toMatchObject([
      { type: 'order.changed', payload: { fields, contactEffectId: null, reason: by.reason } },
      { type: 'operator.replayed', payload: { mode: 'state', reason: by.reason, deliveryId } },
    ]);
    await expect(replay(deliveryId, state)).resolves.toMatchObject({ status: 'nothing-to-do' });
  });

  it.each([
    ['planned', 'planned'],
    ['accepted', 'planned'],
    ['accepted', 'claimed'],
    ['accepted', 'uncertain'],
  ])(
    'refuses while something would go out as it was read before (contact %s, confirmation %s)',
    async (contact, message) => {
      const { orderId, deliveryId } = await standing(contact, message);
      await test.query(`update orders set amount = 1, client_phone = '+972509999992' where order_id = $1`, [
        orderId,
      ]);
      const refused = { problems: [{ path: 'mode', message: expect.stringContaining('retrigger') }] };
      await expect(preview(deliveryId, state)).resolves.toMatchObject({ would: 'refuse', ...refused });
      await expect(replay(deliveryId, state)).resolves.toMatchObject({ status: 'refused', ...refused });
      const [order] = await test.query('select amount::int from orders where order_id = $1', [orderId]);
      expect(order).toEqual({ amount: 1 });
      await expect(eventsOf(orderId)).resolves.toEqual([]);
    },
  );

  it('keeps what operators have corrected', async () => {
    const { orderId, deliveryId } = await made();
    const correction = { clientEmail: 'corrected@example.test' };
    await app.get(CommandBus).execute(new PatchOrder(orderId, correction, by.reason, by));
    await expect(preview(deliveryId, state)).resolves.toMatchObject({ would: 'nothing', fields: [] });
    await expect(replay(deliveryId, state)).resolves.toMatchObject({ status: 'nothing-to-do' });
  });

  it('refuses what was never applied: an order that owes nothing would never reach its customer', async () => {
    const orderId = `IL260105IN${(counter += 1)}`;
    const { deliveryId } = await deliver(test.database, viziOrder({ order: { id: orderId } }));
    await expect(replay(deliveryId, state)).resolves.toMatchObject({ status: 'nothing-to-do' });
    await app.get(CommandBus).execute(new QuarantineDelivery(deliveryId, 'a defect'));
    const problems = [{ path: 'mode', message: expect.stringContaining('mode "missing"') }];
    await expect(preview(deliveryId, state)).resolves.toMatchObject({ would: 'refuse', problems });
    await expect(replay(deliveryId, state)).resolves.toMatchObject({
      status: 'refused',
      problems,
      opened: [],
    });
  });
});
