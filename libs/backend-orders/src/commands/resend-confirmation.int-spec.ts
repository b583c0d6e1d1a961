import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, CqrsModule, QueryBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createTestContext,
  createTestDatabase,
  deliver,
  readWords,
  type TestDatabase,
  viziOrder,
} from '@visapi/backend-testing';
import { LedgerRepository } from '@visapi/backend-repositories/operations';
import { InboxModule } from '@visapi/backend-webhooks';
import { OrdersModule } from '../orders.module.js';
import { GetOrderTimeline } from '../queries/get-order-timeline.query.js';
import { CreateOrder } from './create-order.command.js';
import { ResendConfirmation } from './resend-confirmation.command.js';

type Json = Record<string, unknown>;
type Wish = ResendConfirmation['wish'];

let test: TestDatabase;
let app: INestApplicationContext;
let commands: CommandBus;
let counter = 0;
const by = { actor: `key:${randomUUID()}`, correlationId: 'ops-1' };
const deliberate = { reason: 'the customer asked', phone: null, force: false, repeat: true, dryRun: false };

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [CqrsModule, OrdersModule, InboxModule]);
  commands = app.get(CommandBus);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

async function receive(orderId: string, changes: Json): Promise<void> {
  const body = viziOrder({ ...changes, order: { ...(changes['order'] as object), id: orderId } });
  const { deliveryId } = await deliver(test.database, { ...body, nonce: (counter += 1) });
  await commands.execute(new CreateOrder(deliveryId));
}

/** An order whose contact is in the CRM and whose confirmation stands as given; each has a phone of its own. */
async function ordered(message: string, reason: string | null = null, changes: Json = {}): Promise<string> {
  const orderId = `IL260105IN${(counter += 1)}`;
  const phone = { code: '972', number: `050${String(counter).padStart(7, '0')}` };
  const form = { client: { phone }, ...(changes['form'] as object) };
  await receive(orderId, { ...changes, form });
  await settle(orderId, 'contact', 'accepted');
  await settle(orderId, 'message', message, reason);
  return orderId;
}

async function settle(orderId: string, kind: string, state: string, reason: string | null = null) {
  if (state === 'planned') return;
  await test.query(
    `update effects set state = $3, reason = $4, ${state}_at = now(), attempt = 1,
       lease_until = case $3 when 'claimed' then now() + interval '15 seconds' end
     where order_id = $1 and kind = $2 and state = 'planned'`,
    [orderId, kind, state, reason],
  );
}

const resend = async (orderId: string, wish: Partial<Wish> = {}) =>
  await commands.execute(new ResendConfirmation({ orderId }, { ...deliberate, ...wish }, by));

interface Row extends Json {
  id: string;
}

async function messages(orderId: string): Promise<Row[]> {
  const rows = await test.query<Row>(
    `select e.id, e.state, e.reason, e.purpose, e.resend_of, e.awaits_contact, e.semantic_key, m.phone
     from effects e join messages m on m.effect_id = e.id where e.order_id = $1 order by e.planned_at, e.id`,
    [orderId],
  );
  return await Promise.all(rows.map(async (row) => ({ ...row, words: await readWords(test, row.id) })));
}
const eventsOf = async (orderId: string) =>
  await test.query<{ type: string; actor: string; payload: Json }>(
    `select type, actor, payload from events where aggregate_id = $1 order by position`,
    [orderId],
  );

describe('a confirmation sent again', () => {
  it('is a new message with its reason, its asker and a link to the one before, which stays as it is', async () => {
    const orderId = await ordered('accepted');
    const result = await resend(orderId);
    const [first, again] = await messages(orderId);
    expect(first).toMatchObject({ state: 'accepted', resend_of: null });
    expect(again).toMatchObject({
      state: 'planned',
      purpose: 'confirmation',
      resend_of: first?.id,
      awaits_contact: true,
      phone: first?.['phone'],
      words: first?.['words'],
    });
    expect(again?.['semantic_key']).toMatch(`message:order_confirmation:${orderId}:resend:`);
    expect(result).toMatchObject({ state: 'planned', orderId, messageId: again?.id, resendOf: first?.id });
    expect((await eventsOf(orderId)).slice(-2)).toEqual([
      {
        type: 'operator.resent',
        actor: by.actor,
        payload: {
          reason: 'the customer asked',
          template: 'order_confirmation_global',
          messageEffectIds: [again?.id],
          resendOf: [first?.id],
        },
      },
      {
        type: 'message.planned',
        actor: by.actor,
        payload: { purpose: 'confirmation', messageEffectIds: [again?.id], pauseMs: 0 },
      },
    ]);
    const story = await app.get(QueryBus).execute(new GetOrderTimeline(orderId));
    expect(story.find(({ kind }) => kind === 'operator.resent')).toMatchObject({
      actor: by.actor,
      detail: 'the customer asked',
    });
  });

  it('is told apart from the first one in the story of the order', async () => {
    const orderId = await ordered('accepted');
    await resend(orderId);
    const [first, again] = (await messages(orderId)).map(({ id }) => id);
    const story = await app.get(QueryBus).execute(new GetOrderTimeline(orderId));
    const planned = story.filter(({ kind }) => kind === 'message.planned');
    expect(planned.map(({ detail, evidence }) => [detail, evidence])).toEqual([
      [null, { messageId: first, purpose: 'confirmation' }],
      ['confirmation, sent again', { messageId: again, purpose: 'confirmation' }],
    ]);
  });

  it('waits for its turn: asked for twice, the second time finds the first under way', async () => {
    const orderId = await ordered('accepted');
    await resend(orderId);
    await expect(resend(orderId)).rejects.toMatchObject({ category: 'conflict' });
    await expect(resend(orderId, { force: true })).rejects.toThrow('still under way');
    await expect(messages(orderId)).resolves.toHaveLength(2);
  });

  it('goes out once when ten operators ask for it at the same moment', async () => {
    const orderId = await ordered('accepted');
    const asked = await Promise.allSettled(Array.from({ length: 10 }, () => resend(orderId)));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(messages(orderId)).resolves.toHaveLength(2);
  });

  it('can be sent again itself, and then links to the last of the chain', async () => {
    const orderId = await ordered('accepted');
    const second = await resend(orderId);
    await settle(orderId, 'message', 'accepted');
    const third = await resend(orderId);
    expect(third).toMatchObject({ resendOf: 'messageId' in second ? second.messageId : 'none' });
  });

  it('is not repeated where nobody said why, and says so', async () => {
    const orderId = await ordered('accepted');
    await expect(resend(orderId, { repeat: false })).resolves.toMatchObject({ state: 'already-sent' });
    await expect(messages(orderId)).resolves.toHaveLength(1);
  });

  it('needs force where nobody knows whether the last one went out', async () => {
    const orderId = await ordered('uncertain', 'timeouterror');
    await expect(resend(orderId)).rejects.toThrow('may be a double');
    await expect(resend(orderId, { force: true })).resolves.toMatchObject({ state: 'planned' });
  });

  it.each([
    ['failed', 'http-422'],
    ['skipped', 'stale'],
    ['skipped', 'dry-run'],
  ])('is sent where the last one was %s (%s)', async (state, reason) => {
    await expect(resend(await ordered(state, reason))).resolves.toMatchObject({ state: 'planned' });
  });

  it('writes nothing for a dry run', async () => {
    const orderId = await ordered('accepted');
    const before = await eventsOf(orderId);
    await expect(resend(orderId, { dryRun: true })).resolves.toMatchObject({
      state: 'would-plan',
      messageId: null,
    });
    await expect(messages(orderId)).resolves.toHaveLength(1);
    await expect(eventsOf(orderId)).resolves.toEqual(before);
  });

  it('is not sent for an order that is not there', async () => {
    await expect(resend('IL260105IN999999')).rejects.toMatchObject({ category: 'not-found' });
  });

  it('finds its order by the phone, the newest of it', async () => {
    const older = await ordered('accepted');
    const [{ phone = '' } = {}] = await test.query<{ phone: string }>(
      'select client_phone as phone from orders where order_id = $1',
      [older],
    );
    const newer = await ordered('accepted', null, { form: { client: { phone } } });
    const asked = new ResendConfirmation({ phone }, { ...deliberate, dryRun: true }, by);
    await expect(commands.execute(asked)).resolves.toMatchObject({ orderId: newer });
    const nobody = new ResendConfirmation({ phone: '+972509999998' }, deliberate, by);
    await expect(commands.execute(nobody)).rejects.toMatchObject({ category: 'not-found' });
  });
});

describe('a confirmation that the order forbids', () => {
  const cases: readonly [string, Json, string][] = [
    ['branch', { order: { branch: 'co' } }, 'branch'],
    ['no-consent', { form: { client: { whatsappAlertsEnabled: false } } }, 'no-consent'],
    ['invalid-phone', { form: { client: { phone: { code: '972', number: '12' } } } }, 'invalid-phone'],
    ['canceled', { order: { status: 'canceled' } }, 'canceled'],
  ];

  it.each(cases)('(%s) goes to nobody, unless a phone is named', async (_name, changes, reason) => {
    const orderId = await ordered('skipped', reason, changes);
    await expect(resend(orderId)).rejects.toMatchObject({
      category: 'conflict',
      details: [{ path: 'reason', message: reason }],
    });
    await expect(messages(orderId)).resolves.toHaveLength(1);
    await expect(resend(orderId, { phone: '+972500000077' })).resolves.toMatchObject({ state: 'planned' });
    expect((await messages(orderId))[1]).toMatchObject({ phone: '+972500000077', awaits_contact: false });
  });

  it('is no violation of the ledger once it went to a named phone: an operator took it upon himself', async () => {
    const orderId = await ordered('skipped', 'branch', { order: { branch: 'co' } });
    await test.query(
      `update effects set state = 'skipped', accepted_at = null, reason = 'branch'
       where order_id = $1 and kind = 'contact'`,
      [orderId],
    );
    await resend(orderId, { phone: '+972500000077' });
    await settle(orderId, 'message', 'accepted');
    const always = { from: null, to: null };
    const violations = await new LedgerRepository().violations(test.database.db, always, 1_000);
    expect(violations.filter((violation) => violation.orderId === orderId)).toEqual([]);
  });

  it('is never worded from what is not known, a named phone or not', async () => {
    const changes = { form: { country: 'atlantis', product: { country: 'atlantis' }, quantity: 2 } };
    const orderId = await ordered('skipped', 'untranslatable', changes);
    for (const phone of [null, '+972500000077'])
      await expect(resend(orderId, { phone, force: true })).rejects.toMatchObject({
        category: 'unprocessable',
        details: [
          { path: 'country', message: 'is not known' },
          { path: 'flag', message: 'is not known' },
        ],
      });
  });

  it('does not wait for a contact that nobody will write', async () => {
    const orderId = await ordered('failed', 'contact-failed');
    await test.query(
      `update effects set state = 'failed', accepted_at = null where order_id = $1 and kind = 'contact'`,
      [orderId],
    );
    await expect(resend(orderId)).rejects.toThrow('sync the contact first');
    await expect(resend(orderId, { phone: '+972500000077' })).resolves.toMatchObject({ state: 'planned' });
  });
});

describe('an order that changes after its confirmation was sent again', () => {
  it('does not have its first one revived: the customer would be told twice', async () => {
    const orderId = await ordered('skipped', 'no-consent', {
      form: { client: { whatsappAlertsEnabled: false } },
    });
    await resend(orderId, { phone: '+972500000077' });
    await settle(orderId, 'message', 'accepted');
    await receive(orderId, { form: { client: { whatsappAlertsEnabled: true } } });
    const [first, again] = await messages(orderId);
    expect(first).toMatchObject({ state: 'skipped', reason: 'no-consent' });
    expect(again).toMatchObject({ state: 'accepted' });
  });

  it('takes its resend along as long as nobody has claimed it', async () => {
    const orderId = await ordered('accepted');
    await resend(orderId);
    await receive(orderId, { form: { client: { whatsappAlertsEnabled: false } } });
    expect((await messages(orderId))[1]).toMatchObject({ state: 'skipped', reason: 'no-consent' });
  });
});
