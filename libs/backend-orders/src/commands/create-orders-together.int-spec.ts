import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { DeliveriesRepository } from '@visapi/backend-repositories/inbox';
import { OrdersRepository } from '@visapi/backend-repositories/orders';
import { createTestDatabase, deliver, type TestDatabase, viziOrder } from '@visapi/backend-testing';
import { CreateOrder, CreateOrderHandler } from './create-order.command.js';

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

interface Accepted {
  readonly orderId: string;
  readonly deliveryId: string;
}

async function accept(changes: { form?: object; order?: object } = {}): Promise<Accepted> {
  const orderId = `IL260106IN${(counter += 1)}`;
  const body = viziOrder({ form: {}, ...changes, order: { ...changes.order, id: orderId } });
  const whole = changes.form === undefined ? { ...body, form: viziOrder().form } : body;
  return { orderId, deliveryId: (await deliver(test.database, whole)).deliveryId };
}

const acceptMany = async (count: number) => await Promise.all(Array.from({ length: count }, () => accept()));

/** All in one turn of the event loop, as jobs that Redis hands out at once. */
const createAll = async (deliveryIds: readonly string[]) =>
  await Promise.allSettled(deliveryIds.map((deliveryId) => handler.execute(new CreateOrder(deliveryId))));
const created = ({ orderId }: Accepted) => ({
  status: 'fulfilled',
  value: expect.objectContaining({ orderId, created: true, changes: 0 }),
});

interface Traces {
  readonly effects: number;
  readonly messages: number;
  readonly events: number;
  readonly applicants: number;
  readonly applied: number;
  /** The transaction that wrote the order. */
  readonly statement: string;
}

async function traces(orderId: string): Promise<Traces | undefined> {
  const [found] = await test.query<Traces & object>(
    `select (select count(*)::int from effects where order_id = $1) as effects,
       (select count(*)::int from messages where order_id = $1) as messages,
       (select count(*)::int from events where aggregate_id = $1 and type = 'order.created') as events,
       (select count(*)::int from order_applicants where order_id = $1) as applicants,
       (select count(*)::int from deliveries where order_id = $1 and state = 'applied') as applied,
       xmin::text as statement
     from orders where order_id = $1`,
    [orderId],
  );
  return found;
}

const whole = { effects: 2, messages: 1, events: 1, applicants: 2, applied: 1 };
const orderOf = async (orderId: string) =>
  (await test.query<Record<string, unknown>>('select * from orders where order_id = $1', [orderId]))[0];

describe('Orders created at the same time', () => {
  it('are all written by one statement, each whole and once', async () => {
    const accepted = await acceptMany(50);
    await expect(createAll(accepted.map(({ deliveryId }) => deliveryId))).resolves.toEqual(
      accepted.map(created),
    );
    const found = await Promise.all(accepted.map(({ orderId }) => traces(orderId)));
    expect(found).toEqual(Array(50).fill(expect.objectContaining(whole)));
    expect(new Set(found.map((one) => one?.statement)).size).toBe(1);
  });

  it('are the same as an order created alone', async () => {
    const [alone, ...others] = (await acceptMany(3)) as [Accepted, Accepted, Accepted];
    await createAll([alone.deliveryId]);
    await createAll(others.map(({ deliveryId }) => deliveryId));
    const own = ['order_id', 'delivery_id', 'delivery_position', 'applied_position', 'first_received_at'];
    const times = ['created_at', 'updated_at'];
    const plain = async ({ orderId }: Accepted) =>
      Object.entries((await orderOf(orderId)) ?? {}).filter(([name]) => ![...own, ...times].includes(name));
    for (const other of others) await expect(plain(other)).resolves.toEqual(await plain(alone));
    const first = await orderOf(others[0].orderId);
    const [delivery] = await test.query<{ position: string; received_at: Date }>(
      'select position, received_at from deliveries where id = $1',
      [others[0].deliveryId],
    );
    expect(first).toMatchObject({
      delivery_id: others[0].deliveryId,
      delivery_position: delivery?.position,
      first_received_at: delivery?.received_at,
    });
  });

  it('stand although one body among them cannot be read, which fails alone', async () => {
    const accepted = await acceptMany(10);
    const unreadable = String(accepted[4]?.deliveryId);
    await test.query(`update delivery_bodies set body = 'no json', key_id = null where delivery_id = $1`, [
      unreadable,
    ]);
    const results = await createAll(accepted.map(({ deliveryId }) => deliveryId));
    expect(results.map(({ status }) => status).indexOf('rejected')).toBe(4);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
    const found = await Promise.all(accepted.map(({ orderId }) => traces(orderId)));
    expect(found.filter((one) => one !== undefined)).toEqual(Array(9).fill(expect.objectContaining(whole)));
    await expect(test.query('select state from deliveries where id = $1', [unreadable])).resolves.toEqual([
      { state: 'open' },
    ]);
  });

  it('stand although one of them exists already, which fails alone and is not overwritten', async () => {
    const accepted = await acceptMany(6);
    const known = accepted[2] as Accepted;
    await createAll([known.deliveryId]);
    await test.query(`update orders set client_name = 'נועה לדוגמה' where order_id = $1`, [known.orderId]);
    await test.query(`update deliveries set state = 'open', applied_at = null where id = $1`, [
      known.deliveryId,
    ]);
    const results = await createAll(accepted.map(({ deliveryId }) => deliveryId));
    expect(results).toEqual(
      accepted.map((one) =>
        one === known
          ? { status: 'rejected', reason: expect.objectContaining({ constraint: 'orders_pkey' }) }
          : created(one),
      ),
    );
    await expect(orderOf(known.orderId)).resolves.toMatchObject({ client_name: 'נועה לדוגמה' });
    await expect(traces(known.orderId)).resolves.toMatchObject({ ...whole, applied: 0 });
  });

  it('withhold what another branch does not owe, and make nothing of a test order', async () => {
    const test1 = await deliver(test.database, viziOrder({ order: { id: 'IL260106IN1-TEST' } }), {
      orderId: 'IL260106IN1-TEST',
      verdict: 'skipped',
    });
    const abroad = await accept({ form: viziOrder().form, order: { branch: 'SE' } });
    const [plain] = (await acceptMany(1)) as [Accepted];
    const results = await createAll([test1.deliveryId, abroad.deliveryId, plain.deliveryId]);
    expect(results).toEqual([
      { status: 'fulfilled', value: expect.objectContaining({ orderId: null, created: false }) },
      {
        status: 'fulfilled',
        value: expect.objectContaining({ orderId: abroad.orderId, withheld: 'branch' }),
      },
      {
        status: 'fulfilled',
        value: expect.objectContaining({ orderId: plain.orderId, withheld: undefined }),
      },
    ]);
    await expect(orderOf('IL260106IN1-TEST')).resolves.toBeUndefined();
    await expect(
      test.query('select state, reason, skipped_at is null as never from effects where order_id = $1', [
        abroad.orderId,
      ]),
    ).resolves.toEqual(Array(2).fill({ state: 'skipped', reason: 'branch', never: false }));
  });

  it('are changed by what waits for them, whichever job comes first', async () => {
    const accepted = await acceptMany(4);
    const changes: string[] = [];
    for (const { orderId } of accepted.slice(0, 2)) {
      const body = viziOrder({ order: { id: orderId, amount: 777 } });
      changes.push((await deliver(test.database, body)).deliveryId);
    }
    const [first, second, ...others] = accepted as [Accepted, Accepted, ...Accepted[]];
    const [changeOfFirst, changeOfSecond] = changes as [string, string];
    const ids = [changeOfFirst, first.deliveryId, second.deliveryId, changeOfSecond];
    const results = await createAll([...ids, ...others.map(({ deliveryId }) => deliveryId)]);
    expect(results.map(({ status }) => status)).toEqual(Array(6).fill('fulfilled'));
    const values = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(values.filter((value) => value.created).map(({ orderId }) => orderId)).toEqual(
      expect.arrayContaining(accepted.map(({ orderId }) => orderId)),
    );
    expect(values.reduce((sum, value) => sum + value.changes, 0)).toBe(2);
    for (const { orderId } of [first, second])
      await expect(orderOf(orderId)).resolves.toMatchObject({ amount: '777.0000', content_version: 2 });
    for (const { orderId } of others)
      await expect(orderOf(orderId)).resolves.toMatchObject({ amount: '498.0000', content_version: 1 });
  });

  it('are reported as created once, however many jobs there are for a delivery', async () => {
    const accepted = await acceptMany(5);
    const ids = accepted.map(({ deliveryId }) => deliveryId);
    const results = await createAll([...ids, ...ids, ...ids]);
    const made = results.filter((result) => result.status === 'fulfilled' && result.value.created);
    expect(results.map(({ status }) => status)).toEqual(Array(15).fill('fulfilled'));
    expect(made).toHaveLength(5);
    await expect(Promise.all(accepted.map(({ orderId }) => traces(orderId)))).resolves.toEqual(
      Array(5).fill(expect.objectContaining(whole)),
    );
  });

  it('keep odd text apart: half a character, a NUL and quotes in a name', async () => {
    const client = (viziOrder().form['client'] as object) ?? {};
    const named = async (name: string) =>
      await accept({ form: { ...viziOrder().form, client: { ...client, name } } });
    const names = ['דנה \ud83d לדוגמה', 'דנה\u0000 לדוגמה', `ד"נה, {ל'דוגמה} \\x41`, '👩‍👧 דנה'];
    const accepted = await Promise.all(names.map((name) => named(name)));
    await expect(createAll(accepted.map(({ deliveryId }) => deliveryId))).resolves.toEqual(
      accepted.map(created),
    );
    const stored = await Promise.all(accepted.map(({ orderId }) => orderOf(orderId)));
    expect(stored.map((order) => order?.['client_name'])).toEqual([
      'דנה \ufffd לדוגמה',
      'דנה לדוגמה',
      `ד"נה, {ל'דוגמה} \\x41`,
      '👩‍👧 דנה',
    ]);
    const found = await Promise.all(accepted.map(({ orderId }) => traces(orderId)));
    expect(new Set(found.map((one) => one?.statement)).size).toBe(1);
  });

  it('leave a large one to a statement of its own', async () => {
    const large = await accept({ form: { ...viziOrder().form, remarks: 'א'.repeat(100_000) } });
    const others = await acceptMany(4);
    const accepted = [large, ...others];
    await expect(createAll(accepted.map(({ deliveryId }) => deliveryId))).resolves.toEqual(
      accepted.map(created),
    );
    const found = await Promise.all(accepted.map(({ orderId }) => traces(orderId)));
    expect(found).toEqual(Array(5).fill(expect.objectContaining(whole)));
    const [own, ...shared] = found.map((one) => one?.statement);
    expect(new Set(shared).size).toBe(1);
    expect(shared).not.toContain(own);
  });

  it('do not wait for a delivery that somebody else is at', async () => {
    const [held, ...others] = (await acceptMany(5)) as [Accepted, ...Accepted[]];
    const somebody = await test.database.db.startTransaction().execute();
    await somebody
      .selectFrom('deliveries')
      .select('id')
      .where('id', '=', held.deliveryId)
      .forUpdate()
      .execute();
    const waiting = createAll([held.deliveryId]);
    const results = await createAll([...others, ...others].map(({ deliveryId }) => deliveryId));
    expect(results.filter((result) => result.status === 'fulfilled' && result.value.created)).toHaveLength(4);
    await somebody.rollback().execute();
    await expect(waiting).resolves.toEqual([created(held)]);
  });
});
