import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clock } from '@visapi/backend-kernel';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { DeliveriesRepository } from '@visapi/backend-repositories/inbox';
import { LedgerRepository } from '@visapi/backend-repositories/operations';
import { OrdersRepository } from '@visapi/backend-repositories/orders';
import {
  createTestDatabase,
  deliver,
  readSealedText,
  type TestDatabase,
  viziOrder,
} from '@visapi/backend-testing';
import { CreateOrder, CreateOrderHandler } from './create-order.command.js';
import { ImportOrders, ImportOrdersHandler } from './import-orders.command.js';

let test: TestDatabase;
let handler: ImportOrdersHandler;
let counter = 0;

beforeAll(async () => {
  test = await createTestDatabase();
  handler = new ImportOrdersHandler(test.database, new Clock());
});
afterAll(async () => await test.drop());

const hour = 3_600_000;
const ago = (hours: number) => new Date(Date.now() - hours * hour).toISOString();
const told = { contactSynced: true, confirmationSent: true, visaSent: false };

function old(changes: Record<string, unknown> = {}, order: Record<string, unknown> = {}) {
  const orderId = `IL260105IN${(counter += 1)}`;
  const payload = viziOrder({ order: { id: orderId, ...order }, ...(changes['body'] as object) });
  return { orderId, value: { payload, receivedAt: ago(200), told, ...changes, body: undefined } };
}

async function run(values: readonly unknown[], dryRun = false) {
  const rows = values.map((value, index) => ({ line: index + 1, value }));
  return await handler.execute(new ImportOrders(rows, { tellWithinHours: 72, dryRun }));
}

async function arrive(orderId: string, changes: Record<string, unknown> = {}) {
  const received = await deliver(test.database, viziOrder({ order: { id: orderId }, ...changes }));
  const create = new CreateOrderHandler(
    test.database,
    new DeliveriesRepository(),
    new OrdersRepository(),
    new EffectsRepository(),
  );
  await create.execute(new CreateOrder(received.deliveryId));
  return received;
}

const rowOf = async (orderId: string) =>
  (await test.query('select * from orders where order_id = $1', [orderId]))[0];
const effectsOf = async (orderId: string) =>
  (
    await test.query<{ effect: string }>(
      `select purpose || ' ' || state || coalesce(' ' || reason, '') as effect from effects where order_id = $1
      order by purpose, planned_at`,
      [orderId],
    )
  ).map(({ effect }) => effect);
const eventsOf = async (orderId: string) =>
  await test.query<{ type: string; aggregate_version: number; payload: Record<string, unknown> }>(
    `select type, aggregate_version, payload from events where aggregate_id = $1 order by position`,
    [orderId],
  );
const counted = async () =>
  (
    await test.query(`select (select count(*) from deliveries) as deliveries, (select count(*) from orders) as orders,
      (select count(*) from effects) as effects, (select count(*) from events) as events`)
  )[0];

describe('ImportOrders', () => {
  it('takes an order over with what was done for it, and wakes nobody', async () => {
    const { orderId, value } = old();
    await expect(run([value])).resolves.toEqual([
      {
        line: 1,
        orderId,
        outcome: 'imported',
        effects: ['contact accepted', 'confirmation accepted'],
        problems: [],
      },
    ]);
    const receivedAt = new Date(value.receivedAt);
    await expect(rowOf(orderId)).resolves.toMatchObject({
      imported_at: expect.any(Date),
      first_received_at: receivedAt,
      processed_at: receivedAt,
      client_phone: '+972500000001',
      cbb_synced: true,
      whatsapp_confirmation_sent: true,
    });
    const effects = await test.query(
      `select accepted_at, evidence, lane from effects where order_id = $1 order by purpose`,
      [orderId],
    );
    const done = { accepted_at: receivedAt, evidence: { imported: true }, lane: '+972500000001' };
    expect(effects).toEqual([done, done]);
    const payload = { contactEffectId: null, warnings: [] };
    await expect(eventsOf(orderId)).resolves.toEqual([
      { type: 'order.imported', aggregate_version: 1, payload },
    ]);
    const [delivery] = await test.query<{ id: string }>(
      `select id, source, outcome, state, received_at from deliveries where order_id = $1`,
      [orderId],
    );
    const id = delivery?.id ?? '';
    await expect(readSealedText(test, 'deliveryBodies', 'body', id)).resolves.toBe(
      JSON.stringify(value.payload),
    );
    expect(delivery).toEqual({
      id,
      source: 'import',
      outcome: 'accepted',
      state: 'applied',
      received_at: receivedAt,
    });
    const people = await test.query('select applicant_id from order_applicants where order_id = $1', [
      orderId,
    ]);
    expect(people).toHaveLength(2);
  });

  it.each([
    // synced, sent, hours ago → what becomes of contact and confirmation
    [true, true, 1, 'contact accepted', 'confirmation accepted'],
    [false, true, 1, 'contact planned', 'confirmation accepted'],
    [false, true, 200, 'contact skipped imported', 'confirmation accepted'],
    [true, false, 1, 'contact accepted', 'confirmation planned'],
    [false, false, 1, 'contact planned', 'confirmation planned'],
    [true, false, 200, 'contact accepted', 'confirmation skipped stale'],
    [false, false, 200, 'contact skipped imported', 'confirmation skipped stale'],
  ])(
    'owes what was not done, synced %s and sent %s, only while the order is young (%s h)',
    async (contactSynced, confirmationSent, hours, contact, confirmation) => {
      const { orderId, value } = old({
        receivedAt: ago(hours),
        told: { contactSynced, confirmationSent, visaSent: false },
      });
      await run([value]);
      await expect(effectsOf(orderId)).resolves.toEqual([confirmation, contact]);
      const owed = [contact, confirmation].some((effect) => effect.endsWith('planned'));
      await expect(rowOf(orderId)).resolves.toMatchObject({
        cbb_synced: contact === 'contact accepted',
        whatsapp_confirmation_sent: confirmationSent,
        processed_at: owed ? null : new Date(value.receivedAt),
      });
    },
  );

  it('wakes what is owed: the contact, or the confirmation whose contact is there', async () => {
    const [first, second] = [
      old({ receivedAt: ago(1), told: { ...told, contactSynced: false, confirmationSent: false } }),
      old({ receivedAt: ago(1), told: { ...told, confirmationSent: false } }),
    ];
    await run([first.value, second.value]);
    const id = async (orderId: string, purpose: string) =>
      (
        await test.query<{ id: string }>('select id from effects where order_id = $1 and purpose = $2', [
          orderId,
          purpose,
        ])
      )[0]?.id;
    await expect(eventsOf(first.orderId)).resolves.toMatchObject([
      { type: 'order.imported', payload: { contactEffectId: await id(first.orderId, 'contact') } },
    ]);
    await expect(eventsOf(second.orderId)).resolves.toMatchObject([
      { type: 'order.imported', payload: { contactEffectId: null } },
      {
        type: 'message.planned',
        aggregate_version: 2,
        payload: { purpose: 'confirmation', messageEffectIds: [await id(second.orderId, 'confirmation')] },
      },
    ]);
    await expect(rowOf(second.orderId)).resolves.toMatchObject({ event_version: 2 });
  });

  it.each([
    ['branch', { order: { branch: 'SE' } }, { confirmationSent: false, contactSynced: true }],
    [
      'invalid-phone',
      { form: { client: { phone: null } } },
      { confirmationSent: false, contactSynced: false },
    ],
  ])('withholds with the usual reason what is owed to nobody: %s', async (reason, body, said) => {
    const orderId = `XX260105IN${(counter += 1)}`;
    const payload = viziOrder({ ...body, order: { ...(body as { order?: object }).order, id: orderId } });
    await run([{ payload, receivedAt: ago(1), told: said }]);
    await expect(effectsOf(orderId)).resolves.toEqual([
      `confirmation skipped ${reason}`,
      `contact skipped ${reason}`,
    ]);
  });

  it('remembers a visa that was told, so that it is not told again', async () => {
    const { orderId, value } = old({ told: { ...told, visaSent: true } });
    await run([value]);
    const visa = await test.query(
      `select e.semantic_key, e.state, m.template, m.phone, m.parameters from effects e join messages m on m.effect_id = e.id
      where e.order_id = $1 and e.purpose = 'visa'`,
      [orderId],
    );
    expect(visa).toEqual([
      {
        semantic_key: `message:visa:${orderId}:imported`,
        state: 'accepted',
        template: 'visa_approval_file_phone',
        phone: null,
        parameters: null,
      },
    ]);
  });

  it('refuses a row that was told on a branch that tells nobody, by name', async () => {
    const { orderId, value } = old({}, { branch: 'SE' });
    const problem = { path: 'confirmationSent', message: expect.stringMatching(/the branch is "se"/) };
    await expect(run([value])).resolves.toMatchObject([{ orderId, outcome: 'refused', problems: [problem] }]);
    await expect(rowOf(orderId)).resolves.toBeUndefined();
  });

  it('goes on past rows it refuses and leaves test orders out', async () => {
    const [good, silent, trial] = [old(), old({ told: {} }), old()];
    trial.value.payload = viziOrder({ order: { id: `${trial.orderId}-TEST` } });
    const results = await run([silent.value, trial.value, 'nonsense', good.value]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['refused', 'test-order', 'refused', 'imported']);
    await expect(rowOf(`${trial.orderId}-TEST`)).resolves.toBeUndefined();
  });

  it('leaves alone what is here already: imported before, or delivered', async () => {
    const [imported, delivered] = [old(), old()];
    await run([imported.value]);
    await deliver(test.database, viziOrder({ order: { id: delivered.orderId } }));
    const before = await counted();
    const results = await run([imported.value, delivered.value]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['already-here', 'already-here']);
    await expect(counted()).resolves.toEqual(before);
  });

  it('imports each order once when two runs meet', async () => {
    const rows = Array.from({ length: 15 }, () => old().value);
    const [first, second] = await Promise.all([run(rows), run([...rows].reverse())]);
    const made = [...(first ?? []), ...(second ?? [])].filter(({ outcome }) => outcome === 'imported');
    expect(new Set(made.map(({ orderId }) => orderId)).size).toBe(15);
    expect(made).toHaveLength(15);
  });

  it('decides in a dry run what a run then does, and writes nothing', async () => {
    const rows = [
      old().value,
      old({ receivedAt: ago(1), told: { ...told, contactSynced: false } }).value,
      {},
    ];
    const before = await counted();
    const dry = await run(rows, true);
    await expect(counted()).resolves.toEqual(before);
    await expect(run(rows)).resolves.toEqual(dry);
  });

  it('keeps a customer told: a later delivery of the order changes it and sends nothing again', async () => {
    const { orderId, value } = old({ receivedAt: ago(2) });
    await run([value]);
    const same = await deliver(test.database, value.payload);
    expect(same).toMatchObject({ outcome: 'accepted', repeated: true });
    const changed = await arrive(orderId, { form: { client: { email: 'other@example.test' } } });
    expect(changed).toMatchObject({ outcome: 'changed', repeated: false });
    await expect(rowOf(orderId)).resolves.toMatchObject({ client_email: 'other@example.test' });
    await expect(effectsOf(orderId)).resolves.toEqual([
      'confirmation accepted',
      'contact accepted',
      'contact planned',
    ]);
  });

  it('takes the order that was received last for the newest of its phone', async () => {
    const [first, second] = [old({ receivedAt: ago(300) }), old({ receivedAt: ago(100) })];
    await run([first.value, second.value]);
    const [older, newer] = [await rowOf(first.orderId), await rowOf(second.orderId)];
    expect(Number(newer?.['delivery_position'])).toBeGreaterThan(Number(older?.['delivery_position']));
  });

  it('keeps the ledger without violations, whatever was told before', async () => {
    const flags = [true, false];
    const every = flags.flatMap((contactSynced) =>
      flags.flatMap((confirmationSent) =>
        flags.map((visaSent) => ({ contactSynced, confirmationSent, visaSent })),
      ),
    );
    const results = await run(
      every.flatMap((said) => [1, 200].map((hours) => old({ receivedAt: ago(hours), told: said }).value)),
    );
    expect(results.every(({ outcome }) => outcome === 'imported')).toBe(true);
    const period = { from: null, to: null };
    await expect(new LedgerRepository().violations(test.database.db, period, 100)).resolves.toEqual([]);
  });
});
