import type { INestApplicationContext } from '@nestjs/common';
import { CqrsModule, QueryBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrdersJobsModule, ordersProcessors } from '@visapi/backend-orders/jobs';
import {
  createTestContext,
  createTestDatabase,
  deliver,
  type TestDatabase,
  viziOrder,
} from '@visapi/backend-testing';
import { OperationsModule } from '../operations.module.js';
import type { Finding } from '../reconciliation.js';
import { type Period, ReconcileOrders } from './reconcile-orders.query.js';

let test: TestDatabase;
let app: INestApplicationContext;
let rejectedId: string;

const day = (date: number) => `2026-01-${String(date).padStart(2, '0')}T10:00:00.123456Z`;
const from = new Date('2026-01-05T00:00:00Z');
const to = new Date('2026-01-06T00:00:00Z');
const whenever = { from: null, to: null };

async function receive(id: string, at: string, changes: Record<string, unknown> = {}) {
  const { deliveryId } = await deliver(test.database, viziOrder({ order: { id } }), changes);
  await test.query('update deliveries set received_at = $2 where id = $1', [deliveryId, at]);
  return deliveryId;
}

async function make(id: string, at: string, state: string, reason: string | null = null) {
  const deliveryId = await receive(id, at);
  await app.get(ordersProcessors[0]).handle({ deliveryId });
  await test.query(
    `update effects set state = $2, reason = $3 where order_id = $1 and purpose = 'confirmation'`,
    [id, state, reason],
  );
}

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [CqrsModule, OrdersJobsModule, OperationsModule]);
  await make('TOLD', day(5), 'accepted');
  await make('WITHHELD', day(5), 'skipped', 'no-consent');
  await make('UNCERTAIN', day(6), 'uncertain');
  await make('HERE', day(5), 'accepted');
  await make('EARLIER', day(1), 'accepted');
  await receive('OPEN', day(5));
  const broken = await receive('BROKEN', day(5));
  await test.query(`update deliveries set state = 'failed' where id = $1`, [broken]);
  rejectedId = await receive('REFUSED', day(5), { verdict: 'rejected', problems: '[]' });
  await receive('BOTH-TEST', day(5), { verdict: 'skipped' });
  await receive('HERE-TEST', day(5), { verdict: 'skipped' });
  await make('BARE', day(5), 'accepted');
  await test.query(`delete from messages where order_id = 'BARE'`);
  await test.query(`delete from effects where order_id = 'BARE' and kind = 'message'`);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

async function reconcile(batches: readonly (readonly string[])[], period: Period) {
  const found: Finding[] = [];
  const result = await app
    .get(QueryBus)
    .execute(new ReconcileOrders(batches, period, (findings) => void found.push(...findings)));
  return { ...result, found };
}

describe('a list of orders compared with ours', () => {
  const all = ['TOLD', 'WITHHELD', 'UNCERTAIN', 'OPEN', 'BROKEN', 'REFUSED', 'BOTH-TEST', 'NEVER', 'BARE'];

  it('tells what never came, what was refused, who was not told and why, and what is only here', async () => {
    const { found, counts } = await reconcile([[...all, 'THERE-TEST']], { from, to });
    const order = (orderId: string) => found.find((finding) => finding.orderId === orderId);
    expect(order('TOLD')).toBeUndefined();
    expect(order('WITHHELD')).toMatchObject({ finding: 'not-told', state: 'skipped', reason: 'no-consent' });
    expect(order('UNCERTAIN')).toMatchObject({ finding: 'not-told', state: 'uncertain', reason: null });
    expect(order('OPEN')).toMatchObject({ finding: 'not-told', state: 'open', reason: 'not-interpreted' });
    expect(order('BROKEN')).toMatchObject({
      finding: 'not-told',
      state: 'failed',
      reason: 'not-interpreted',
    });
    expect(order('BARE')).toMatchObject({ finding: 'not-told', state: 'missing', reason: 'no-confirmation' });
    expect(order('REFUSED')).toEqual({ finding: 'rejected', orderId: 'REFUSED', deliveryId: rejectedId });
    expect(order('NEVER')).toEqual({ finding: 'only-there', orderId: 'NEVER' });
    expect(order('BOTH-TEST')).toMatchObject({ finding: 'test-order', where: 'both' });
    expect(order('THERE-TEST')).toMatchObject({ finding: 'test-order', where: 'there' });
    expect(order('HERE-TEST')).toMatchObject({ finding: 'test-order', where: 'here' });
    expect(found.filter(({ finding }) => finding === 'only-here')).toMatchObject([{ orderId: 'HERE' }]);
    expect(counts).toMatchObject({ orders: 10, told: 1, onlyThere: 1, rejected: 1, onlyHere: 1, missing: 3 });
  });

  it('comes out the same however it is cut, and counts what stands there twice', async () => {
    const whole = await reconcile([all], { from, to });
    const cut = await reconcile(
      [...all, 'TOLD', 'NEVER'].map((id) => [id]),
      { from, to },
    );
    expect(cut.found).toEqual(whole.found);
    expect([whole.counts.repeated, cut.counts.repeated]).toEqual([0, 2]);
  });

  it('looks for what is only here between the first and the last of its orders unless a period is said', async () => {
    const spanned = await reconcile([['TOLD', 'UNCERTAIN']], whenever);
    expect(spanned.period).toEqual({
      from: new Date('2026-01-05T10:00:00.123Z'),
      to: new Date('2026-01-06T10:00:00.124Z'),
    });
    const here = ({ found }: typeof spanned) =>
      found.flatMap(({ finding, orderId }) => (finding === 'only-here' ? [orderId] : [])).sort();
    const ofTheDay = ['BARE', 'BROKEN', 'HERE', 'OPEN', 'WITHHELD'];
    expect(here(spanned)).toEqual(ofTheDay);
    const open = await reconcile([['TOLD', 'UNCERTAIN']], { from: null, to });
    expect(here(open)).toEqual([...ofTheDay, 'EARLIER'].sort());
    await expect(reconcile([['NEVER']], whenever)).resolves.toMatchObject({ period: undefined });
  });

  it('counts an order as told when its customer was told once, whatever became of a resend', async () => {
    await make('AGAIN', day(20), 'accepted');
    await test.query(`
      insert into effects (id, kind, purpose, semantic_key, order_id, lane, state, correlation_id, resend_of)
      select gen_random_uuid(), kind, purpose, 'resend', order_id, lane, 'failed', 'c', id from effects
      where order_id = 'AGAIN' and kind = 'message'`);
    await expect(reconcile([['AGAIN']], whenever)).resolves.toMatchObject({ found: [], counts: { told: 1 } });
    await test.query(
      `update effects set state = 'uncertain' where order_id = 'AGAIN' and resend_of is null and kind = 'message'`,
    );
    await expect(reconcile([['AGAIN']], whenever)).resolves.toMatchObject({ found: [{ state: 'failed' }] });
  });

  it('finds all that is only here when there is more of it than is read at once', async () => {
    await test.query(`
      insert into deliveries (id, kind, source, order_id, outcome, state, body_hash, correlation_id, received_at)
      select gen_random_uuid(), 'order', 'vizi', 'MANY' || n, 'accepted', 'open', sha256(int4send(n)), 'c',
        timestamptz '2026-02-01' + (n / 100) * interval '1 microsecond' from generate_series(1, 12000) n`);
    const { found, counts } = await reconcile([['MANY7', 'MANY11999']], {
      from: new Date('2026-02-01T00:00:00Z'),
      to: null,
    });
    expect(counts.onlyHere).toBe(11_998);
    expect(new Set(found.flatMap((one) => (one.finding === 'only-here' ? [one.orderId] : []))).size).toBe(
      11_998,
    );
  });
});
