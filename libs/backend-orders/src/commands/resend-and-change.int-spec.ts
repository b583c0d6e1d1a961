import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import {
  EffectsRepository,
  type NewMessage,
  planMessages,
  reopenEffect,
} from '@visapi/backend-repositories/effects';
import { type MessageClaim, MessagesRepository } from '@visapi/backend-repositories/messaging';
import {
  createTestContext,
  createTestDatabase,
  deliver,
  readWords,
  type TestDatabase,
  viziOrder,
} from '@visapi/backend-testing';
import { InboxModule } from '@visapi/backend-webhooks';
import { OrdersModule } from '../orders.module.js';
import { CreateOrder } from './create-order.command.js';
import { ResendConfirmation } from './resend-confirmation.command.js';

type Json = Record<string, unknown>;

let test: TestDatabase;
let app: INestApplicationContext;
let commands: CommandBus;
let counter = 0;
const sending = new MessagesRepository();
const by = { actor: 'key:operator', correlationId: 'ops-1' };
const hour = 3_600;

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [CqrsModule, OrdersModule, InboxModule]);
  commands = app.get(CommandBus);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

interface Ordered {
  readonly orderId: string;
  readonly confirmation: string;
  /** The shop sends the order again with these differences from the first time. */
  change(changes: { order?: Json; client?: Json }): Promise<void>;
}

const phoneOf = (number: number) => ({ code: '972', number: `050${String(number).padStart(7, '0')}` });

/** An order whose contact is in the CRM, whatever changes. */
async function ordered(): Promise<Ordered> {
  const number = (counter += 1);
  const orderId = `IL260105IN${number}`;
  const receive = async ({ order = {}, client = {} }: { order?: Json; client?: Json }) => {
    const form = { client: { phone: phoneOf(number), ...client } };
    const body = { ...viziOrder({ form, order: { ...order, id: orderId } }), nonce: (counter += 1) };
    await commands.execute(new CreateOrder((await deliver(test.database, body)).deliveryId));
    await test.query(
      `update effects set state = 'accepted', accepted_at = now() where order_id = $1 and kind = 'contact'`,
      [orderId],
    );
  };
  await receive({});
  const [row] = await test.query<{ id: string }>(
    `select id from effects where order_id = $1 and kind = 'message'`,
    [orderId],
  );
  return { orderId, confirmation: row!.id, change: receive };
}

async function claim(id: string): Promise<MessageClaim> {
  const claimed = await sending.claim(test.database.db, id, newId(), hour);
  if (!claimed) throw new Error('The message was not claimed');
  return claimed;
}

async function sent(id: string) {
  return await sending.markAccepted(test.database.db, await claim(id), {});
}

/** An operator has the confirmation sent again. */
async function resend(orderId: string, wish: { force?: boolean; phone?: string } = {}): Promise<string> {
  const how = { reason: 'asked for', phone: null, force: false, repeat: true, dryRun: false, ...wish };
  const result = await commands.execute(new ResendConfirmation({ orderId }, how, by));
  if (result.state !== 'planned' || !result.messageId) throw new Error('Nothing was planned');
  return result.messageId;
}

/** A notice of the order, as another context plans it. */
async function notice(orderId: string, phone: string, purpose = 'visa'): Promise<string> {
  const id = newId();
  const given: NewMessage = {
    effect: {
      id,
      kind: 'message',
      purpose,
      semanticKey: `message:${purpose}:${id}`,
      orderId,
      lane: phone,
      state: 'planned',
      reason: null,
      correlationId: 'notice',
    },
    message: { template: purpose, language: 'he', phone, parameters: Buffer.from('["words"]') },
  };
  await planMessages(test.database.db, orderId, [given], { ...by, pauseMs: 0 });
  return id;
}

async function look(id: string) {
  const [row] = await test.query<Json>(
    `select e.state, e.reason, m.phone from effects e join messages m on m.effect_id = e.id
     where e.id = $1`,
    [id],
  );
  return row && { ...row, parameters: await readWords(test, id) };
}

describe('a resend that nobody has claimed', () => {
  it('tells what the order says by then, not what it said when the operator asked', async () => {
    const { orderId, confirmation, change } = await ordered();
    await sent(confirmation);
    const again = await resend(orderId);
    await change({ order: { amount: 777 }, client: { phone: phoneOf(4_444_444) } });
    const row = await look(again);
    expect(row).toMatchObject({ state: 'planned', phone: '+972504444444' });
    expect(row?.parameters?.[6]).toBe('777');
  });

  it('is withheld while consent is withdrawn, and owed once when it is given again', async () => {
    const { orderId, confirmation, change } = await ordered();
    await sent(confirmation);
    const again = await resend(orderId);
    await change({ client: { whatsappAlertsEnabled: false } });
    await expect(look(again)).resolves.toMatchObject({ state: 'skipped', reason: 'no-consent' });
    await change({ client: { whatsappAlertsEnabled: true } });
    await expect(look(again)).resolves.toMatchObject({ state: 'planned', reason: null });
    await expect(look(confirmation)).resolves.toMatchObject({ state: 'accepted' });
  });

  it('stays where the operator wanted it when it goes to a phone that he named', async () => {
    const { orderId, confirmation, change } = await ordered();
    await sent(confirmation);
    const again = await resend(orderId, { phone: '+972505555555' });
    await change({ client: { whatsappAlertsEnabled: false } });
    await expect(look(again)).resolves.toMatchObject({ state: 'planned', phone: '+972505555555' });
  });
});

describe('an order that changes while a message is under way and then not sent', () => {
  const kinds = [
    ['a resend', async ({ orderId, confirmation }: Ordered) => (await sent(confirmation), resend(orderId))],
    ['a notice', async ({ orderId }: Ordered) => await notice(orderId, '+972500000000')],
  ] as const;

  it.each(kinds)('is not told by %s after consent was withdrawn', async (_name, plan) => {
    const order = await ordered();
    const claimed = await claim(await plan(order));
    await order.change({ client: { whatsappAlertsEnabled: false } });
    await sending.release(test.database.db, claimed, 0, 'http-429', {});
    await expect(look(claimed.effectId)).resolves.toMatchObject({ state: 'skipped', reason: 'no-consent' });
  });

  it.each(kinds)('is told by %s at its new phone', async (_name, plan) => {
    const order = await ordered();
    const claimed = await claim(await plan(order));
    await order.change({ client: { phone: phoneOf(6_666_666) } });
    await sending.release(test.database.db, claimed, 0, 'http-429', {});
    const row = await look(claimed.effectId);
    expect(row).toMatchObject({ state: 'planned', phone: '+972506666666' });
    expect(row?.parameters?.length).toBeGreaterThan(0);
  });
});

describe('a notice that its order withholds', () => {
  it('is owed again when the reason is gone', async () => {
    const order = await ordered();
    const visa = await notice(order.orderId, '+972500000000');
    await order.change({ order: { status: 'canceled' } });
    await expect(look(visa)).resolves.toMatchObject({ state: 'skipped', reason: 'canceled' });
    await order.change({ order: { status: 'active' }, client: { phone: phoneOf(7_777_777) } });
    await expect(look(visa)).resolves.toMatchObject({
      state: 'planned',
      phone: '+972507777777',
      parameters: ['words'],
    });
  });

  it('is owed again when its contact had failed and the order has another phone', async () => {
    const order = await ordered();
    const visa = await notice(order.orderId, '+972500000000');
    await test.query(
      `update effects set state = 'failed', failed_at = now(), reason = 'contact-failed' where id = $1`,
      [visa],
    );
    await order.change({ client: { phone: phoneOf(8_888_888) } });
    await expect(look(visa)).resolves.toMatchObject({ state: 'planned', phone: '+972508888888' });
  });

  it('stays withheld when it is of issues that were reported more than a day ago', async () => {
    const order = await ordered();
    const issues = [await notice(order.orderId, '+972500000000', 'issues')];
    await test.query(`update effects set planned_at = now() - interval '25 hours' where id = $1`, issues);
    issues.push(await notice(order.orderId, '+972500000000', 'issues'));
    await order.change({ order: { status: 'canceled' } });
    await order.change({ order: { status: 'active' } });
    await expect(Promise.all(issues.map(look))).resolves.toMatchObject([
      { state: 'skipped', reason: 'canceled' },
      { state: 'planned', reason: null },
    ]);
  });

  it('never goes to the phone that its order has left, when what gave up its contact is replayed days later', async () => {
    const order = await ordered();
    const issues = await notice(order.orderId, '+972500000000', 'issues');
    const [contact] = await test.query<{ id: string }>(
      `update effects set state = 'planned', accepted_at = null where order_id = $1 and kind = 'contact' returning id`,
      [order.orderId],
    );
    await new EffectsRepository().giveUp(test.database.db, contact!.id);
    await test.query(`update effects set planned_at = planned_at - interval '25 hours' where order_id = $1`, [
      order.orderId,
    ]);
    await order.change({ client: { phone: phoneOf(6_666_666), whatsappAlertsEnabled: false } });
    // The contact of the change is in the CRM; this one is its order's older contact.
    await test.query(
      `update effects set state = 'failed', reason = 'job-failed', accepted_at = null where id = $1`,
      [contact!.id],
    );
    await reopenEffect(test.database.db, contact!.id, { ...by, reason: 'the code is mended' });
    await expect(sending.claim(test.database.db, issues, newId(), 72 * hour)).resolves.toBeUndefined();
  });

  it('stays withheld when it was for another reason than the order', async () => {
    const order = await ordered();
    const visa = await notice(order.orderId, '+972500000000');
    await test.query(
      `update effects set state = 'skipped', skipped_at = now(), reason = 'stale' where id = $1`,
      [visa],
    );
    await order.change({ client: { phone: phoneOf(9_999_999) } });
    await expect(look(visa)).resolves.toMatchObject({ state: 'skipped', reason: 'stale' });
  });
});

describe('a message of unknown outcome that an operator has had sent again', () => {
  it('does not go out after all when the vendor says late that it was not sent', async () => {
    const { orderId, confirmation } = await ordered();
    const claimed = await claim(confirmation);
    await sending.markUncertain(test.database.db, claimed, 'lease-expired', {});
    await sent(await resend(orderId, { force: true }));
    await expect(sending.release(test.database.db, claimed, 0, 'http-429', {})).resolves.toBe('failed');
    await expect(look(confirmation)).resolves.toMatchObject({ state: 'failed', reason: 'http-429' });
  });
});
