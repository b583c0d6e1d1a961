import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { DeliveriesRepository } from '@visapi/backend-repositories/inbox';
import { OrdersRepository } from '@visapi/backend-repositories/orders';
import {
  createTestDatabase,
  deliver,
  quietLog,
  readWords,
  type TestDatabase,
  viziOrder,
} from '@visapi/backend-testing';
import { CreateOrder, CreateOrderHandler } from './create-order.command.js';
import { QuarantineDelivery, QuarantineDeliveryHandler } from './quarantine-delivery.command.js';

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

type Changes = Record<string, unknown>;
const run = async (deliveryId: string) => await handler.execute(new CreateOrder(deliveryId));
const client = (changes: Changes) => ({ form: { client: changes } });

/** Bytes of an order that differ from all others of it, and are stored. */
async function receive(orderId: string, changes: Changes = {}) {
  const body = viziOrder({ ...changes, order: { ...(changes['order'] as object), id: orderId } });
  return (await deliver(test.database, { ...body, nonce: (counter += 1) })).deliveryId;
}

/** An order that is made, and how to deliver it again with changes. */
async function made(changes: Changes = {}) {
  const orderId = `IL260105IN${(counter += 1)}`;
  await run(await receive(orderId, changes));
  return { orderId, change: async (later: Changes) => await run(await receive(orderId, later)) };
}

async function effects(orderId: string) {
  const rows = await test.query<{ told: string }>(
    `select kind || ' ' || state || coalesce(' ' || reason, '') as told from effects where order_id = $1
     order by kind, planned_at`,
    [orderId],
  );
  return rows.map(({ told }) => told);
}

async function order(orderId: string) {
  const [row] = await test.query('select * from orders where order_id = $1', [orderId]);
  return row;
}

async function settle(orderId: string, kind: string, state: string, reason: string | null = null) {
  await test.query(
    `update effects set state = $3, reason = $4, ${state}_at = now(), attempt = 1,
       lease_until = case $3 when 'claimed' then now() + interval '15 seconds' end
     where order_id = $1 and kind = $2`,
    [orderId, kind, state, reason],
  );
}

const changedEvents = async (orderId: string) =>
  await test.query<{ payload: { fields: string[]; contactEffectId: string | null } }>(
    `select payload from events where aggregate_id = $1 and type = 'order.changed' order by position`,
    [orderId],
  );

describe('a changed redelivery', () => {
  it('replaces the content, names the fields in a fact and plans the contact again', async () => {
    const { orderId, change } = await made();
    await settle(orderId, 'contact', 'accepted');
    await test.query('update orders set cbb_synced = true where order_id = $1', [orderId]);
    await expect(change(client({ email: 'new@example.test' }))).resolves.toMatchObject({
      created: false,
      changes: 1,
    });
    await expect(order(orderId)).resolves.toMatchObject({
      client_email: 'new@example.test',
      content_version: 2,
      cbb_synced: false,
    });
    await expect(effects(orderId)).resolves.toEqual([
      'contact accepted',
      'contact planned',
      'message planned',
    ]);
    const events = await changedEvents(orderId);
    expect(events).toMatchObject([
      { payload: { fields: ['clientEmail'], contactEffectId: expect.any(String) } },
    ]);
  });

  it('withholds the confirmation when consent is withdrawn before it was claimed', async () => {
    const { orderId, change } = await made();
    await change(client({ whatsappAlertsEnabled: false }));
    await expect(effects(orderId)).resolves.toContain('message skipped no-consent');
    const [words] = await test.query('select phone, parameters from messages where order_id = $1', [orderId]);
    expect(words).toEqual({ phone: null, parameters: null });
  });

  it('plans the confirmation when consent is newly given', async () => {
    const { orderId, change } = await made(client({ whatsappAlertsEnabled: false }));
    await change({});
    await expect(effects(orderId)).resolves.toContain('message planned');
    const [words] = await test.query<{ phone: string }>('select phone from messages where order_id = $1', [
      orderId,
    ]);
    expect(words?.phone).toBe('+972500000001');
  });

  it('withholds the confirmation when the order was canceled', async () => {
    const { orderId, change } = await made();
    await change({ order: { status: 'canceled' } });
    await expect(effects(orderId)).resolves.toContain('message skipped canceled');
  });

  it('rewords a confirmation that nobody has claimed', async () => {
    const { orderId, change } = await made();
    await change(client({ phone: { code: '972', number: '0500000002' }, name: 'רות לדוגמה' }));
    const [message] = await test.query<{ id: string; phone: string }>(
      'select effect_id as id, phone from messages where order_id = $1',
      [orderId],
    );
    expect(message?.phone).toBe('+972500000002');
    await expect(readWords(test, message?.id ?? '')).resolves.toContain('רות לדוגמה');
  });

  it.each(['claimed', 'accepted', 'uncertain'])('never touches a confirmation that is %s', async (state) => {
    const { orderId, change } = await made();
    await settle(orderId, 'message', state);
    await change(client({ name: 'רות לדוגמה', whatsappAlertsEnabled: false }));
    await expect(effects(orderId)).resolves.toContain(`message ${state}`);
    const [message] = await test.query<{ id: string }>(
      'select effect_id as id from messages where order_id = $1',
      [orderId],
    );
    const words = await readWords(test, message?.id ?? '');
    expect(words).toHaveLength(8);
    expect(words).not.toContain('רות לדוגמה');
  });

  it('gives a contact that had failed, and its confirmation, another chance', async () => {
    const { orderId, change } = await made();
    await settle(orderId, 'contact', 'failed', 'http-422');
    await settle(orderId, 'message', 'failed', 'contact-failed');
    await change(client({ email: 'right@example.test' }));
    await expect(effects(orderId)).resolves.toEqual([
      'contact failed http-422',
      'contact planned',
      'message planned',
    ]);
  });

  it.each([
    ['failed', 'contact-failed'],
    ['skipped', 'dry-run'],
    ['skipped', 'stale'],
  ])('leaves effects as they are (%s %s) when only bytes differ', async (state, reason) => {
    const { orderId, change } = await made();
    await settle(orderId, 'contact', state, reason);
    await settle(orderId, 'message', state, reason);
    await expect(change({})).resolves.toMatchObject({ changes: 1 });
    await expect(effects(orderId)).resolves.toEqual([
      `contact ${state} ${reason}`,
      `message ${state} ${reason}`,
    ]);
    await expect(changedEvents(orderId)).resolves.toMatchObject([
      { payload: { fields: [], contactEffectId: null } },
    ]);
  });

  it('is applied after the first delivery although its own job runs first', async () => {
    const orderId = `IL260105IN${(counter += 1)}`;
    await receive(orderId);
    const changed = await receive(orderId, client({ email: 'second@example.test' }));
    const last = await receive(orderId, client({ email: 'third@example.test' }));
    await expect(run(changed)).resolves.toMatchObject({ created: true, changes: 2 });
    await expect(order(orderId)).resolves.toMatchObject({
      client_email: 'third@example.test',
      content_version: 3,
    });
    await expect(run(last)).resolves.toMatchObject({ created: false, changes: 0 });
  });

  it('never overwrites newer content with older', async () => {
    const { orderId } = await made();
    const older = await receive(orderId, client({ email: 'older@example.test' }));
    await test.query(`update deliveries set state = 'failed' where id = $1`, [older]);
    await run(await receive(orderId, client({ email: 'newer@example.test' })));
    await test.query(`update deliveries set state = 'open' where id = $1`, [older]);
    await run(older);
    await expect(order(orderId)).resolves.toMatchObject({
      client_email: 'newer@example.test',
      content_version: 2,
    });
    const [row] = await test.query('select state from deliveries where id = $1', [older]);
    expect(row).toEqual({ state: 'applied' });
  });

  it('keeps both when two changes are applied at once', async () => {
    const { orderId } = await made();
    const ids = [
      await receive(orderId, client({ email: 'a@example.test' })),
      await receive(orderId, client({ email: 'b@example.test' })),
    ];
    await Promise.all([...ids, ...ids].map(run));
    await expect(order(orderId)).resolves.toMatchObject({
      client_email: 'b@example.test',
      content_version: 3,
    });
  });

  it('waits, and says why, while the first delivery is set aside', async () => {
    const orderId = `IL260105IN${(counter += 1)}`;
    const first = await receive(orderId);
    await new QuarantineDeliveryHandler(test.database, new DeliveriesRepository(), quietLog).execute(
      new QuarantineDelivery(first, 'invented'),
    );
    const changed = await receive(orderId, client({ email: 'c@example.test' }));
    await expect(run(changed)).rejects.toMatchObject({ category: 'conflict' });
    await expect(order(orderId)).resolves.toBeUndefined();
  });

  it('owes the newest order of the phone it leaves its contact again', async () => {
    const phone = { phone: { code: '972', number: '0500000012' } };
    const [older, newer] = [await made(client(phone)), await made(client(phone))];
    for (const { orderId } of [older, newer]) await settle(orderId, 'contact', 'accepted');
    await newer.change(client({ phone: { code: '972', number: '0500000013' } }));
    await expect(effects(older.orderId)).resolves.toContain('contact planned');
    await expect(effects(newer.orderId)).resolves.toEqual(
      expect.arrayContaining(['contact accepted', 'contact planned']),
    );
  });
});
