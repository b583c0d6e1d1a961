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
import { OrdersModule } from '../orders.module.js';
import { PreviewReplay } from '../queries/preview-replay.query.js';
import { type ForcedEffect, forcedEffects } from '../replay-mode.js';
import { CreateOrder } from './create-order.command.js';
import { PatchOrder } from './patch-order.command.js';
import { ReplayDelivery } from './replay-delivery.command.js';

let test: TestDatabase;
let app: INestApplicationContext;
let counter = 0;
const by = { actor: 'key:ops', correlationId: 'ops-1', reason: 'the customer deleted it and asks for it' };

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [CqrsModule, OrdersModule]);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

const look = async (id: string, effect: ForcedEffect) =>
  await app.get(QueryBus).execute(new PreviewReplay(id, { mode: 'force', effect, confirm: undefined }));
const force = async (id: string, effect: ForcedEffect, confirm: string | undefined) =>
  await app.get(CommandBus).execute(new ReplayDelivery(id, { mode: 'force', effect, confirm }, by));

/** An order that was told. */
async function told(message = 'accepted', form: object = {}) {
  const orderId = `IL260105IN${(counter += 1)}`;
  const body = viziOrder({ order: { id: orderId }, form: { ...form, nonce: counter } });
  const { deliveryId } = await deliver(test.database, body);
  await app.get(CommandBus).execute(new CreateOrder(deliveryId));
  await test.query(
    `update effects set state = case kind when 'contact' then 'accepted' else $2 end, attempt = 1, accepted_at = now()
     where order_id = $1`,
    [orderId, message],
  );
  return { orderId, deliveryId };
}

const plannedOf = async (orderId: string) =>
  await test.query<{ id: string; purpose: string }>(
    `select id, purpose from effects where order_id = $1 and state = 'planned'`,
    [orderId],
  );

describe('the forcing of one effect', () => {
  it.each(forcedEffects)(
    'does the %s again that was seen and confirmed, and nothing else',
    async (effect) => {
      const { orderId, deliveryId } = await told();
      const seen = await look(deliveryId, effect);
      expect(seen).toMatchObject({ would: 'force', effects: [{ state: 'accepted' }] });
      await expect(plannedOf(orderId)).resolves.toEqual([]);
      const done = await force(deliveryId, effect, seen.confirm);
      expect(done).toMatchObject({ status: 'planned', planned: [{ effect }] });
      await expect(plannedOf(orderId)).resolves.toEqual([{ id: done.planned?.[0]?.id, purpose: effect }]);
      const [fact] = await test.query(
        `select actor, payload from events where aggregate_id = $1 and type = 'operator.replayed'`,
        [orderId],
      );
      const payload = { mode: 'force', effect, reason: by.reason, deliveryId };
      expect(fact).toEqual({ actor: by.actor, payload });
    },
  );

  it('does it once, however often one confirmation is used', async () => {
    const { orderId, deliveryId } = await told();
    const { confirm } = await look(deliveryId, 'confirmation');
    const answers = await Promise.allSettled(
      Array.from({ length: 4 }, () => force(deliveryId, 'confirmation', confirm)),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(plannedOf(orderId)).resolves.toHaveLength(1);
  });

  it('does nothing without a confirmation, and says where it comes from', async () => {
    const { orderId, deliveryId } = await told();
    await expect(force(deliveryId, 'confirmation', undefined)).rejects.toMatchObject({
      category: 'invalid',
      details: [{ path: 'confirm', message: expect.stringContaining('dry run') }],
    });
    await expect(plannedOf(orderId)).resolves.toEqual([]);
  });

  it.each([
    ['the order', `update orders set event_version = event_version + 1 where order_id = $1`],
    ['the effect', `update effects set attempt = attempt + 1 where order_id = $1`],
  ])('does nothing when %s changed since, and answers the new preview', async (_what, change) => {
    const { orderId, deliveryId } = await told();
    const { confirm } = await look(deliveryId, 'contact');
    await test.query(change, [orderId]);
    const refused = await force(deliveryId, 'contact', confirm).catch((error: unknown) => error);
    expect(refused).toMatchObject({ category: 'conflict', extra: { preview: { would: 'force' } } });
    await expect(plannedOf(orderId)).resolves.toEqual([]);
    const { preview } = (refused as { extra: { preview: { confirm: string } } }).extra;
    await expect(force(deliveryId, 'contact', preview.confirm)).resolves.toMatchObject({ status: 'planned' });
  });

  it('takes the confirmation of one effect, or of one order, for no other', async () => {
    const [one, other] = [await told(), await told()];
    const { confirm } = await look(one.deliveryId, 'contact');
    await expect(force(one.deliveryId, 'confirmation', confirm)).rejects.toMatchObject({
      category: 'conflict',
    });
    await expect(force(other.deliveryId, 'contact', confirm)).rejects.toMatchObject({ category: 'conflict' });
  });

  it('never sends past a message of unknown outcome: that one is settled first', async () => {
    const { orderId, deliveryId } = await told('uncertain');
    const message = expect.stringMatching(
      /settle it first by POST \/api\/v1\/messages\/[0-9a-f-]{36}\/settle/,
    );
    const seen = await look(deliveryId, 'confirmation');
    expect(seen).toMatchObject({ would: 'refuse', problems: [{ path: 'effect', message }] });
    expect(seen.confirm).toBeUndefined();
    await expect(force(deliveryId, 'confirmation', 'anything')).rejects.toMatchObject({ message });
    await expect(plannedOf(orderId)).resolves.toEqual([]);
  });

  it.each([
    ['under way', 'planned', {}, /still under way; wait/],
    [
      'not consented to',
      'skipped',
      { client: { whatsappAlertsEnabled: false } },
      /POST \/api\/v1\/orders\/IL\w+\/messages/,
    ],
  ])('refuses a confirmation that is %s, and says what to do instead', async (_name, state, form, words) => {
    const { deliveryId } = await told(state, form);
    await expect(force(deliveryId, 'confirmation', 'anything')).rejects.toThrow(words);
  });

  it('refuses a contact of a customer who does not belong into the CRM', async () => {
    const { orderId, deliveryId } = await told();
    await test.query(`update orders set branch = 'ru' where order_id = $1`, [orderId]);
    await expect(look(deliveryId, 'contact')).resolves.toMatchObject({ would: 'refuse' });
    await expect(force(deliveryId, 'contact', 'anything')).rejects.toMatchObject({ category: 'conflict' });
  });

  it('refuses where there is no order yet', async () => {
    const { deliveryId } = await deliver(test.database, viziOrder({ order: { id: 'IL260105IN999' } }));
    await expect(look(deliveryId, 'contact')).resolves.toMatchObject({ would: 'refuse' });
    await expect(force(deliveryId, 'contact', 'anything')).rejects.toThrow(/mode "missing" first/);
    await expect(look(randomUUID(), 'contact')).rejects.toMatchObject({ category: 'not-found' });
  });

  it('follows what the order says by then: a change between preview and confirmation is seen', async () => {
    const { orderId, deliveryId } = await told();
    const { confirm } = await look(deliveryId, 'confirmation');
    await app.get(CommandBus).execute(new PatchOrder(orderId, { clientPhone: '+972500000077' }, 'moved', by));
    await expect(force(deliveryId, 'confirmation', confirm)).rejects.toMatchObject({ category: 'conflict' });
  });
});
