import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Metrics } from '@visapi/backend-observability';
import {
  createTestDatabase,
  incoming,
  quietLog,
  readSealedText,
  type TestDatabase,
  viziOrder,
} from '@visapi/backend-testing';
import { readSealed } from '@visapi/backend-repositories/privacy';
import { Inbox } from './inbox.js';

let test: TestDatabase;
let inbox: Inbox;
let counter = 0;

beforeAll(async () => {
  test = await createTestDatabase();
  inbox = new Inbox(test.database, new Metrics(), quietLog);
});
afterAll(async () => await test.drop());

const newOrderId = () => `IL260105IN${(counter += 1)}`;
const orderBody = (id: string, changes: Record<string, unknown> = {}) =>
  viziOrder({ order: { id }, ...changes });

async function rowsOf(orderId: string) {
  return await test.query<{ id: string; outcome: string; repeats: number; state: string; position: string }>(
    'select id, outcome, repeats, state, position from deliveries where order_id = $1 order by position',
    [orderId],
  );
}

async function eventsOf(deliveryId: string) {
  return await test.query<{ type: string; correlation_id: string }>(
    `select type, correlation_id from events where aggregate_type = 'delivery' and aggregate_id = $1`,
    [deliveryId],
  );
}

describe('the inbox', () => {
  it('accepts the first delivery of an order: row, bytes and event in one commit', async () => {
    const delivery = incoming(orderBody(newOrderId()), { headers: '{"content-type":"application/json"}' });
    await expect(inbox.store(delivery)).resolves.toMatchObject({ outcome: 'accepted', repeated: false });
    const [stored] = await test.query<{ body: Buffer; headers: string }>(
      'select body, headers from delivery_bodies where delivery_id = $1',
      [delivery.id],
    );
    const body = await readSealedText(test, 'deliveryBodies', 'body', delivery.id);
    expect(body).toBe(delivery.body.toString());
    expect(stored?.body.includes(delivery.body)).toBe(false);
    expect(stored?.headers).toBe(delivery.headers);
    await expect(eventsOf(delivery.id)).resolves.toEqual([
      { type: 'delivery.received', correlation_id: delivery.correlationId },
    ]);
  });

  it('counts identical bytes as a repeat of the same delivery: no new row, no new event', async () => {
    const orderId = newOrderId();
    const first = await inbox.store(incoming(orderBody(orderId)));
    for (let repeat = 0; repeat < 3; repeat += 1) {
      const again = await inbox.store(incoming(orderBody(orderId)));
      expect(again).toMatchObject({ deliveryId: first.deliveryId, outcome: 'accepted', repeated: true });
    }
    await expect(rowsOf(orderId)).resolves.toMatchObject([{ repeats: 3, outcome: 'accepted' }]);
    await expect(eventsOf(first.deliveryId)).resolves.toHaveLength(1);
  });

  it('keeps other bytes of a known order as a change with an event of its own', async () => {
    const orderId = newOrderId();
    const first = await inbox.store(incoming(orderBody(orderId)));
    const other = orderBody(orderId, { form: { client: { email: 'new@example.test' } } });
    const changed = await inbox.store(incoming(other));
    expect(changed).toMatchObject({ outcome: 'changed', repeated: false });
    expect(changed.deliveryId).not.toBe(first.deliveryId);
    await expect(eventsOf(changed.deliveryId)).resolves.toHaveLength(1);
    await expect(inbox.store(incoming(other))).resolves.toMatchObject({
      deliveryId: changed.deliveryId,
      repeated: true,
    });
  });

  it('closes a skipped delivery without an event, and counts its repeats', async () => {
    const orderId = `${newOrderId()}-TEST`;
    const skipped = () => incoming(orderBody(orderId), { verdict: 'skipped' });
    const first = await inbox.store(skipped());
    expect(first).toMatchObject({ outcome: 'skipped', repeated: false });
    await expect(inbox.store(skipped())).resolves.toMatchObject({
      outcome: 'skipped',
      deliveryId: first.deliveryId,
    });
    await expect(rowsOf(orderId)).resolves.toMatchObject([{ state: 'closed', repeats: 1 }]);
    await expect(eventsOf(first.deliveryId)).resolves.toEqual([]);
  });

  it('keeps a rejected body with its problems and answers a repeat with the same delivery', async () => {
    const problems = '[{"path":"form","message":"must be an object with the form"}]';
    const rejected = () =>
      incoming({ order: { id: 'IL260105IN1' }, nonce: 1 }, { verdict: 'rejected', problems });
    const first = await inbox.store(rejected());
    expect(first).toMatchObject({ outcome: 'rejected', repeated: false, problems });
    await expect(inbox.store(rejected())).resolves.toMatchObject({
      deliveryId: first.deliveryId,
      repeated: true,
      problems,
    });
    await expect(eventsOf(first.deliveryId)).resolves.toEqual([]);
  });

  it('accepts an order whose first body was rejected', async () => {
    const orderId = newOrderId();
    await inbox.store(incoming({ order: { id: orderId } }, { verdict: 'rejected', problems: '[]' }));
    await expect(inbox.store(incoming(orderBody(orderId)))).resolves.toMatchObject({ outcome: 'accepted' });
  });

  it('settles a mixed group at once: each body once, one accepted per order, positions in order of arrival', async () => {
    const [known, fresh, disputed] = [newOrderId(), newOrderId(), newOrderId()];
    await inbox.store(incoming(orderBody(known)));
    const group = [
      incoming(orderBody(known)),
      incoming(orderBody(known, { form: { quantity: 5 } })),
      incoming(orderBody(fresh)),
      incoming(orderBody(fresh)),
      incoming(orderBody(fresh)),
      incoming(orderBody(disputed)),
      incoming(orderBody(disputed, { form: { quantity: 7 } })),
      incoming(orderBody(`${fresh}-TEST`), { verdict: 'skipped' }),
      incoming({ nonce: fresh }, { verdict: 'rejected', problems: '[]' }),
    ];
    const stored = await Promise.all(group.map((delivery) => inbox.store(delivery)));
    expect(stored.map(({ outcome, repeated }) => `${outcome}${repeated ? ' again' : ''}`)).toEqual([
      'accepted again',
      'changed',
      'accepted',
      'accepted again',
      'accepted again',
      'accepted',
      'changed',
      'skipped',
      'rejected',
    ]);
    await expect(rowsOf(fresh)).resolves.toMatchObject([{ repeats: 2 }]);
    await expect(rowsOf(disputed)).resolves.toMatchObject([{ outcome: 'accepted' }, { outcome: 'changed' }]);
  });

  it('accepts an order exactly once when two processes receive it at the same moment', async () => {
    const other = new Inbox(test.database, new Metrics(), quietLog);
    for (let round = 0; round < 40; round += 1) {
      const orderId = newOrderId();
      const same = orderBody(orderId);
      const twin = round % 2 === 0 ? same : orderBody(orderId, { form: { quantity: 9 } });
      const answers = await Promise.all([
        inbox.store(incoming(same)),
        other.store(incoming(twin)),
        ...(round % 4 > 1 ? [other.store(incoming(orderBody(newOrderId())))] : []),
      ]);
      const told = answers.slice(0, 2).map(({ outcome, repeated }) => (repeated ? 'duplicate' : outcome));
      expect(told.sort()).toEqual(round % 2 === 0 ? ['accepted', 'duplicate'] : ['accepted', 'changed']);
      const rows = await rowsOf(orderId);
      expect(rows.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(1);
      expect(rows).toHaveLength(round % 2 === 0 ? 1 : 2);
    }
  });

  it('keeps every byte: NUL, lone surrogates, broken UTF-8, ten megabytes', async () => {
    const bodies = [
      Buffer.from(`{"order":{"id":"${newOrderId()}"},"nul":"\\u0000 and raw \u0000","lone":"\\ud800"}`),
      Buffer.concat([Buffer.from('{"bad":"'), Buffer.from([0xff, 0xfe, 0x00, 0xc3]), Buffer.from('"}')]),
      Buffer.alloc(10 * 1024 * 1024, 'x'),
      Buffer.alloc(0),
    ];
    const deliveries = bodies.map((body) => incoming(body, { orderId: newOrderId() }));
    await Promise.all(deliveries.map((delivery) => inbox.store(delivery)));
    for (const { id, body } of deliveries) {
      const kept = await readSealed(test.database.db, 'deliveryBodies', 'body', id);
      expect(kept?.equals(body)).toBe(true);
    }
  });

  it('tells receipts of a vendor from orders with the same bytes', async () => {
    const body = Buffer.from(`{"nonce":"${newOrderId()}"}`);
    const receipt = () => incoming(body, { kind: 'receipt', source: 'meta', orderId: null });
    const first = await inbox.store(receipt());
    await expect(inbox.store(receipt())).resolves.toMatchObject({
      deliveryId: first.deliveryId,
      repeated: true,
    });
    await expect(inbox.store(incoming(body, { orderId: newOrderId() }))).resolves.toMatchObject({
      repeated: false,
    });
    await expect(eventsOf(first.deliveryId)).resolves.toMatchObject([{ type: 'receipts.received' }]);
  });
});
