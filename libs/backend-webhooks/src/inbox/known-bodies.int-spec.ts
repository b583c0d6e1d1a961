import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Metrics } from '@visapi/backend-observability';
import {
  createTestDatabase,
  incoming,
  quietLog,
  type TestDatabase,
  viziOrder,
} from '@visapi/backend-testing';
import { newId } from '@visapi/backend-kernel';
import { type Delivery, Inbox } from './inbox.js';

let test: TestDatabase;
let inbox: Inbox;
let counter = 0;

beforeAll(async () => {
  test = await createTestDatabase();
  inbox = new Inbox(test.database, new Metrics(), quietLog);
});
afterAll(async () => await test.drop());

const delivered = () => incoming(viziOrder({ order: { id: `IL260106IN${(counter += 1)}` } }));

async function rowOf(id: string) {
  const [row] = await test.query<{ repeats: number; last_repeat_at: Date | null }>(
    'select repeats, last_repeat_at from deliveries where id = $1',
    [id],
  );
  return row;
}

describe('a body that the process has stored', () => {
  it('is counted when it comes again, and told as what it was', async () => {
    const delivery = delivered();
    expect(await inbox.repeat(delivery)).toBeUndefined();
    const { deliveryId } = await inbox.store(delivery);
    const { orderId } = delivery;
    expect(await inbox.repeat(delivery)).toMatchObject({ deliveryId, orderId, outcome: 'accepted' });
    expect(await rowOf(deliveryId)).toEqual({ repeats: 1, last_repeat_at: expect.any(Date) });
  });

  it('is counted once for each request, however many come at once and whichever way they take', async () => {
    const deliveries = Array.from({ length: 20 }, delivered);
    const other = new Inbox(test.database, new Metrics(), quietLog);
    for (const delivery of deliveries) await inbox.store(delivery);
    const requests = Array.from({ length: 300 }, (_, at) => deliveries[(at * 7) % 20] ?? delivered());
    const sendToOther = async (delivery: Delivery) =>
      (await other.repeat(delivery)) ?? (await other.store({ ...delivery, id: newId() }));
    await Promise.all(
      requests.map((delivery, at) => (at % 2 === 0 ? inbox.repeat(delivery) : sendToOther(delivery))),
    );
    for (const { id } of deliveries) expect(await rowOf(id)).toMatchObject({ repeats: 15 });
  });

  it('is known as well when another process stored it first', async () => {
    const first = delivered();
    await inbox.store(first);
    const other = new Inbox(test.database, new Metrics(), quietLog);
    const again = { ...first, id: newId() };
    expect(await other.store(again)).toMatchObject({ deliveryId: first.id, repeated: true });
    expect(await other.repeat(again)).toMatchObject({ deliveryId: first.id });
    expect(await rowOf(first.id)).toMatchObject({ repeats: 2 });
  });

  it('is stored anew where its row is gone', async () => {
    const delivery = delivered();
    await inbox.store(delivery);
    await test.query('delete from delivery_bodies where delivery_id = $1', [delivery.id]);
    await test.query('delete from deliveries where id = $1', [delivery.id]);
    expect(await inbox.repeat(delivery)).toBeUndefined();
    const id = newId();
    expect(await inbox.store({ ...delivery, id })).toMatchObject({ deliveryId: id, repeated: false });
    expect(await inbox.repeat(delivery)).toMatchObject({ deliveryId: id });
  });

  it('is not called counted while the database is away: its sender is told to come again', async () => {
    const away = await createTestDatabase();
    const cut = new Inbox(away.database, new Metrics(), quietLog);
    const delivery = delivered();
    await cut.store(delivery);
    await away.drop();
    await expect(cut.repeat(delivery)).rejects.toMatchObject({ category: 'unavailable' });
  });
});
