import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@visapi/backend-kernel';
import {
  createTestContext,
  createTestDatabase,
  deliver,
  plantOrder,
  type PlantedOrder,
  readSealedText,
  readWords,
  type TestDatabase,
} from '@visapi/backend-testing';
import { OperationsModule } from '../operations.module.js';
import { PrivacyModule } from '../privacy.module.js';
import { GetLedgerBalance } from '../queries/get-ledger-balance.query.js';
import { GetErasures } from '../queries/get-erasures.query.js';
import { ErasePerson, type ErasureWish } from './erase-person.command.js';

let test: TestDatabase;
let app: INestApplicationContext;
beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [PrivacyModule, OperationsModule]);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

const by = { actor: 'user:1', correlationId: 'asked' };
const passport = 'P7654321';

const erase = async (who: ErasePerson['who'], wish: Partial<ErasureWish> = {}) =>
  await app
    .get(CommandBus)
    .execute(new ErasePerson(who, { reason: 'asked by letter', dryRun: false, force: true, ...wish }, by));

/** An order with the bytes it came with, and applicants who show a passport. */
async function ordered(phone?: string): Promise<PlantedOrder> {
  const applicant = { id: `apl_${newId()}`, passport: { number: passport } };
  const order = await plantOrder(test, {
    ...(phone !== undefined && { phone }),
    applicants: [applicant],
  });
  const body = { order: { id: order.orderId }, form: { passport } };
  const { deliveryId } = await deliver(test.database, body);
  await test.query(`update deliveries set state = 'applied', applied_at = now() where id = $1`, [deliveryId]);
  return order;
}

const told = async ({ messageId }: PlantedOrder) =>
  await test.query(`update effects set state = 'accepted', accepted_at = now() where id = $1`, [messageId]);

const applicantsOf = async ({ orderId }: PlantedOrder) =>
  await readSealedText(test, 'orderDetails', 'applicants', orderId);

const rowOf = async ({ orderId }: PlantedOrder) =>
  (
    await test.query(
      `select client_name, client_email, client_phone, client_sex from orders where order_id = $1`,
      [orderId],
    )
  )[0];

const bodiesOf = async ({ orderId }: PlantedOrder) =>
  (
    await test.query(
      `select from delivery_bodies b join deliveries d on d.id = b.delivery_id where d.order_id = $1`,
      [orderId],
    )
  ).length;

describe('a person who is forgotten', () => {
  it('is in no row any more: names, phone, words, applicants and the bytes of every order of the phone are gone', async () => {
    const first = await ordered();
    const second = await ordered(first.phone);
    const neighbour = await ordered();
    await Promise.all([told(first), told(second)]);
    await expect(applicantsOf(first)).resolves.toContain(passport);
    const erasure = await erase({ orderId: first.orderId });
    expect(erasure).toMatchObject({ messages: 2, deliveries: 2, keysDestroyed: 1 });
    expect([...erasure.orderIds].sort()).toEqual([first.orderId, second.orderId].sort());
    for (const order of [first, second]) {
      await expect(rowOf(order)).resolves.toEqual({
        client_name: null,
        client_email: null,
        client_phone: null,
        client_sex: null,
      });
      await expect(applicantsOf(order)).resolves.toBeNull();
      await expect(readWords(test, order.messageId)).resolves.toBeNull();
      await expect(bodiesOf(order)).resolves.toBe(0);
    }
    const traces = await test.query(
      `select (select count(*)::int from messages where phone = $1) + (select count(*)::int from effects where lane = $1)
         + (select count(*)::int from contacts where phone = $1) as left_over`,
      [first.phone],
    );
    expect(traces).toEqual([{ left_over: 0 }]);
    await expect(applicantsOf(neighbour)).resolves.toContain(passport);
    await expect(bodiesOf(neighbour)).resolves.toBe(1);
  });

  it('cannot be read from a copy of the rows that was kept elsewhere', async () => {
    const order = await ordered();
    await told(order);
    const [kept] = await test.query<{ applicants: Buffer; applicants_key_id: string }>(
      'select applicants, applicants_key_id from order_details where order_id = $1',
      [order.orderId],
    );
    await erase({ phone: order.phone });
    await test.query('update order_details set applicants = $2, applicants_key_id = $3 where order_id = $1', [
      order.orderId,
      kept?.applicants,
      kept?.applicants_key_id,
    ]);
    await expect(applicantsOf(order)).resolves.toBeNull();
    const keys = await test.query('select wrapped from data_keys where id = $1', [kept?.applicants_key_id]);
    expect(keys).toEqual([{ wrapped: null }]);
  });

  it('is somebody new when they order again: what they say then is readable', async () => {
    const before = await ordered();
    await told(before);
    await erase({ phone: before.phone });
    const after = await ordered(before.phone);
    await expect(applicantsOf(after)).resolves.toContain(passport);
    await expect(readWords(test, after.messageId)).resolves.toHaveLength(8);
  });

  it('is found by an e-mail address in any letters, with all orders of the phones that it names', async () => {
    const order = await ordered();
    await told(order);
    const email = `someone.${order.orderId}@example.test`;
    await test.query('update orders set client_email = $2 where order_id = $1', [order.orderId, email]);
    await expect(erase({ email: email.toUpperCase() })).resolves.toMatchObject({ orderIds: [order.orderId] });
  });

  it('leaves facts and a list of erasures that hold ids alone, and a ledger as balanced as before', async () => {
    const order = await ordered();
    const balance = async () => await app.get(QueryBus).execute(new GetLedgerBalance(null, null));
    const before = await balance();
    const { id } = await erase({ orderId: order.orderId });
    const events = await test.query<{ type: string; payload: object; actor: string }>(
      `select type, payload, actor from events where aggregate_id = $1 order by position desc limit 2`,
      [order.orderId],
    );
    expect(events).toEqual([
      { type: 'person.erased', payload: { erasureId: id }, actor: 'user:1' },
      {
        type: 'message.skipped',
        payload: { messageEffectId: order.messageId, reason: 'erased' },
        actor: 'worker',
      },
    ]);
    const { items } = await app.get(QueryBus).execute(new GetErasures({ kind: 'page', page: 1, perPage: 1 }));
    expect(items).toMatchObject([
      { id, orderIds: [order.orderId], reason: 'asked by letter', erasedBy: 'user:1' },
    ]);
    const after = await balance();
    expect(after.received).toBe(before.received);
    expect(after.violations).toEqual(before.violations);
    expect(after.byState.open).toBe(before.byState.open - 1);
    expect(after.byState.fulfilled).toBe(before.byState.fulfilled + 1);
  });

  it('is only looked for by a dry run, which says exactly what would go', async () => {
    const order = await ordered();
    await told(order);
    const would = await erase({ orderId: order.orderId }, { dryRun: true });
    await expect(applicantsOf(order)).resolves.toContain(passport);
    await expect(bodiesOf(order)).resolves.toBe(1);
    const does = await erase({ orderId: order.orderId });
    expect(would).toEqual({ ...does, id: null });
  });
});

/** Names of the tables in which one of these texts stands, be it in bytes. */
async function tablesWith(texts: readonly string[]): Promise<string[]> {
  const tables = await test.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await test.query<{ row: string }>(`select t::text as row from ${name} t`);
    const held = rows.map(({ row }) => row).join('\n');
    if (texts.some((text) => held.includes(text) || held.includes(Buffer.from(text).toString('hex'))))
      found.push(name);
  }
  return found;
}

describe('everything that is kept for ever', () => {
  it('holds nothing of a person who was forgotten: no table has their name, phone or e-mail', async () => {
    const order = await ordered();
    await told(order);
    const [name, email] = ['נעמי היחידה', 'naomi.only@example.test'];
    const digits = order.phone.slice(1);
    await test.query('update orders set client_name = $2, client_email = $3 where order_id = $1', [
      order.orderId,
      name,
      email,
    ]);
    await test.query(`insert into contacts (phone, cbb_contact_id) values ($1, $2)`, [order.phone, digits]);
    const receipt = `insert into receipts (delivery_id, provider_message_id, status, occurred_at, recipient, callback_data, message_id)
      values (gen_random_uuid(), $1, 'sent', now(), $2, $3, $4)`;
    const callback = JSON.stringify({ c: digits });
    await test.query(receipt, ['wamid.bound', digits, callback, order.messageId]);
    await test.query(receipt, ['wamid.unbound', digits, callback, null]);
    const texts = [name, email, digits];
    expect(await tablesWith(texts)).toEqual(['contacts', 'effects', 'messages', 'orders', 'receipts']);
    await erase({ orderId: order.orderId });
    expect(await tablesWith(texts)).toEqual([]);
    const kept = await test.query('select type from events where aggregate_id = $1 order by position', [
      order.orderId,
    ]);
    expect(kept).toEqual([{ type: 'order.created' }, { type: 'person.erased' }]);
  });
});

describe('whoever had another phone before', () => {
  /** Their order with a phone that it did not come with; the CRM was told of both. */
  async function moved(phone: string) {
    const order = await ordered();
    await told(order);
    await test.query('update orders set client_phone = $2 where order_id = $1', [order.orderId, phone]);
    await test.query('update messages set phone = $2 where effect_id = $1', [order.messageId, phone]);
    for (const one of [order.phone, phone])
      await test.query(`insert into contacts (phone, cbb_contact_id) values ($1, $1)`, [one]);
    return order;
  }

  it('is in no table with either', async () => {
    const phone = '+972500000931';
    const order = await moved(phone);
    await erase({ phone });
    expect(await tablesWith([order.phone.slice(1), phone.slice(1)])).toEqual([]);
  });

  it('takes nothing from whom that phone belongs to', async () => {
    const phone = '+972500000932';
    const order = await moved(phone);
    const owner = await ordered(order.phone);
    await erase({ phone });
    expect(await tablesWith([phone.slice(1)])).toEqual([]);
    await expect(rowOf(owner)).resolves.toMatchObject({ client_phone: order.phone });
    await expect(test.query('select from contacts where phone = $1', [order.phone])).resolves.toHaveLength(1);
  });

  it('is forgotten by that one, too, although no order has it any more', async () => {
    const order = await moved('+972500000933');
    await erase({ phone: order.phone });
    await expect(test.query('select from contacts where phone = $1', [order.phone])).resolves.toEqual([]);
  });
});

describe('an order that is still on its way', () => {
  it('is not taken from its customer unless somebody insists; then it is withheld and says why', async () => {
    const order = await ordered();
    await expect(erase({ orderId: order.orderId }, { force: false })).rejects.toMatchObject({
      category: 'conflict',
      message: expect.stringContaining('name force to withhold them for good'),
    });
    await expect(applicantsOf(order)).resolves.toContain(passport);
    await erase({ orderId: order.orderId });
    const [message] = await test.query('select state, reason from effects where id = $1', [order.messageId]);
    expect(message).toEqual({ state: 'skipped', reason: 'erased' });
  });

  it.each(['claimed', 'uncertain'])(
    'is left alone while a message of it is %s, whoever insists',
    async (state) => {
      const order = await ordered();
      await test.query(
        `update effects set state = $2, attempt = 1, lease_until = now() + interval '15 s' where id = $1`,
        [order.messageId, state],
      );
      await expect(erase({ orderId: order.orderId })).rejects.toMatchObject({ category: 'conflict' });
      await expect(readWords(test, order.messageId)).resolves.toHaveLength(8);
    },
  );
});

describe('whoever is not known', () => {
  it.each([
    ['a phone', { phone: '+972500009999' }],
    ['an e-mail address', { email: 'nobody@example.test' }],
    ['an order', { orderId: 'NOBODYS' }],
  ])('is not found by %s', async (_name, who) => {
    await expect(erase(who)).rejects.toMatchObject({ category: 'not-found' });
  });

  it('is forgotten all the same when only a delivery of them came, which could not be understood', async () => {
    const orderId = 'ILNEVERREAD';
    await deliver(test.database, { order: { id: orderId }, form: { passport } }, { verdict: 'rejected' });
    await expect(erase({ orderId })).resolves.toMatchObject({ orderIds: [orderId], deliveries: 1 });
  });
});
