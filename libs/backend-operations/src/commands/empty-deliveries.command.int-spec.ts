import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HealthRepository } from '@visapi/backend-repositories/operations';
import { createTestContext, createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import { RetentionModule } from '../retention.module.js';
import { EmptyDeliveries } from './empty-deliveries.command.js';

let test: TestDatabase;
let app: INestApplicationContext;
beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [RetentionModule]);
});
beforeEach(async () => {
  await test.query('truncate deliveries, delivery_bodies, orders, effects, dead_letters cascade');
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

const empty = async (keepDays: number, signal = new AbortController().signal) =>
  await app.get(CommandBus).execute(new EmptyDeliveries(keepDays, signal));

interface Planted {
  readonly kind?: 'order' | 'receipt';
  readonly outcome?: string;
  readonly state?: string;
}

/** Deliveries with bytes, each of an order of its own, stored so many days ago. */
const plant = async (daysAgo: number, { kind = 'order', outcome, state }: Planted = {}, count = 1) => {
  const rows = await test.query<{ id: string }>(
    `with stored as (
       insert into deliveries (id, kind, source, order_id, outcome, state, body_hash, correlation_id, received_at)
       select (lpad(to_hex((extract(epoch from now() - make_interval(days => $1)) * 1000)::bigint), 12, '0')
           || '7' || substr(md5(random()::text), 1, 19))::uuid,
         $2, 'vizi', case $2 when 'order' then 'IL' || gen_random_uuid() end, $3, $4, sha256(random()::text::bytea),
         'planted', now() - make_interval(days => $1)
       from generate_series(1, $5) returning id
     ), kept as (
       insert into delivery_bodies (delivery_id, body, headers) select id, '{}', '{}' from stored
     )
     select id from stored`,
    [daysAgo, kind, outcome ?? 'accepted', state ?? 'applied', count],
  );
  return rows.map(({ id }) => id);
};
const bodies = async () =>
  (await test.query<{ id: string }>(`select delivery_id as id from delivery_bodies order by 1`)).map(
    ({ id }) => id,
  );
const orderOf = async ([id]: readonly string[]) =>
  (
    await test.query<{ orderId: string }>(`select order_id as "orderId" from deliveries where id = $1`, [id])
  )[0]?.orderId ?? '';
const plantOrder = async (orderId: string, review: string) =>
  await test.query(
    `insert into orders (order_id, delivery_id, delivery_position, applied_position, first_received_at, branch,
       whatsapp_alerts_enabled, is_urgent, review) values ($1, gen_random_uuid(), 1, 1, now(), 'il', true, false, $2)`,
    [orderId, review],
  );

describe('the bytes of old deliveries', () => {
  it('go once they are older than they are kept, of orders and of receipts; the deliveries stay', async () => {
    const young = await plant(29);
    await plant(31);
    await plant(31, { kind: 'receipt' });
    await plant(45, { outcome: 'changed' });
    await plant(45, { outcome: 'skipped', state: 'closed' });
    await expect(empty(30)).resolves.toBe(4);
    expect(await bodies()).toEqual(young);
    expect(await test.query('select from deliveries')).toHaveLength(5);
    await expect(empty(30)).resolves.toBe(0);
  });

  it('still tell a repeat apart: the same bytes are the same delivery', async () => {
    await plant(45);
    await empty(30);
    const again = test.query(
      `insert into deliveries (id, kind, source, order_id, outcome, state, body_hash, correlation_id)
       select gen_random_uuid(), kind, source, 'ILOTHER', outcome, state, body_hash, 'again' from deliveries`,
    );
    await expect(again).rejects.toMatchObject({ constraint: 'deliveries_body_key' });
  });

  it('go in batches, however many there are', async () => {
    await plant(45, {}, 450);
    await expect(empty(30)).resolves.toBe(450);
  });

  it.each([
    ['is to be interpreted', { state: 'open' }],
    ['could not be interpreted', { state: 'failed' }],
    ['was not usable on arrival', { outcome: 'rejected', state: 'closed' }],
  ])('stay while the delivery %s', async (_what, planted) => {
    const kept = await plant(400, planted);
    await expect(empty(30)).resolves.toBe(0);
    expect(await bodies()).toEqual(kept);
  });

  it.each(['planned', 'claimed', 'uncertain', 'failed'])(
    'stay while an action of the order is %s, and go when it is done',
    async (state) => {
      const kept = await plant(400);
      const orderId = await orderOf(kept);
      await plantOrder(orderId, '{}');
      await test.query(
        `insert into effects (id, kind, purpose, semantic_key, order_id, lane, state, lease_until, correlation_id)
         values (gen_random_uuid(), 'contact', 'contact', $1, $1, 'lane', $2, now(), 'planted')`,
        [orderId, state],
      );
      await expect(empty(30)).resolves.toBe(0);
      await test.query(`update effects set state = 'accepted'`);
      await expect(empty(30)).resolves.toBe(1);
    },
  );

  it('stay while a change of the order waits for somebody to look at it', async () => {
    const orderId = await orderOf(await plant(400));
    await plantOrder(orderId, '{amount}');
    await expect(empty(30)).resolves.toBe(0);
  });

  it('stay while a dead letter about it is open', async () => {
    const [id] = await plant(400);
    await test.query(
      `insert into dead_letters (id, kind, name, reference, correlation_id, attempts, errors, first_failed_at, last_failed_at)
       values (gen_random_uuid(), 'job', 'apply-receipts', 'delivery/' || $1::text, 'planted', 1, '[]', now(), now())`,
      [id],
    );
    await expect(empty(30)).resolves.toBe(0);
    await test.query(`update dead_letters set state = 'discarded', resolved_at = now()`);
    await expect(empty(30)).resolves.toBe(1);
  });

  it('stay for ever when that is what was chosen, and once the process is ending', async () => {
    await plant(400);
    await expect(empty(0)).resolves.toBe(0);
    await expect(empty(30, AbortSignal.abort())).resolves.toBe(0);
  });

  it('stay for a week whatever the application asks for', async () => {
    const [young] = await plant(6);
    await plant(8);
    await expect(empty(1)).resolves.toBe(1);
    expect(await bodies()).toEqual([young]);
  });

  it('are taken away by one process at a time', async () => {
    await plant(45);
    await test.database.db.transaction().execute(async (other) => {
      await new HealthRepository().tryLock(other, 'delivery-emptying');
      await expect(empty(30)).resolves.toBe(0);
    });
    await expect(empty(30)).resolves.toBe(1);
  });
});
