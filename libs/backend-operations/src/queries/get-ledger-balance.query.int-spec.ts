import type { INestApplicationContext } from '@nestjs/common';
import { CqrsModule, QueryBus } from '@nestjs/cqrs';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OrdersJobsModule, ordersProcessors } from '@visapi/backend-orders/jobs';
import {
  createTestContext,
  createTestDatabase,
  deliver,
  type TestDatabase,
  viziOrder,
} from '@visapi/backend-testing';
import { OperationsModule } from '../operations.module.js';
import { GetLedgerBalance, type LedgerBalance } from './get-ledger-balance.query.js';

let test: TestDatabase;
let app: INestApplicationContext | undefined;

async function stop() {
  await app?.close();
  if (app) await test.drop();
}
beforeEach(async () => {
  await stop();
  test = await createTestDatabase();
  app = await createTestContext(test.url, [CqrsModule, OrdersJobsModule, OperationsModule]);
});
afterAll(stop);

const running = () => app as INestApplicationContext;
const balance = async (from: Date | null = null, to: Date | null = null): Promise<LedgerBalance> => {
  const answer = await running().get(QueryBus).execute(new GetLedgerBalance(from, to));
  expect(Object.values(answer.byState).reduce((sum, count) => sum + count, 0)).toBe(answer.received);
  return answer;
};
const nothing = {
  fulfilled: 0,
  duplicate: 0,
  changed: 0,
  skipped: 0,
  rejected: 0,
  failed: 0,
  uncertain: 0,
  open: 0,
};

async function receive(id: string, changes: Record<string, unknown> = {}) {
  const body = viziOrder({ ...changes, order: { id, ...(changes['order'] as object) } });
  return (await deliver(test.database, body)).deliveryId;
}

async function make(id: string, changes: Record<string, unknown> = {}) {
  const deliveryId = await receive(id, changes);
  await running().get(ordersProcessors[0]).handle({ deliveryId });
  return id;
}

async function settle(id: string, contact: string, message: string) {
  for (const [kind, state] of Object.entries({ contact, message }))
    await test.query(
      `update effects set state = $3, accepted_at = case $3 when 'accepted' then now() end where order_id = $1 and kind = $2`,
      [id, kind, state],
    );
}

/** Another effect like one that is there, done as well, under a key of its own. */
const again = (kind: string, key: string, resendOf: string, which = 'true') =>
  `insert into effects (id, kind, purpose, semantic_key, order_id, lane, state, accepted_at, correlation_id, resend_of)
    select gen_random_uuid(), kind, purpose, ${key}, order_id, lane, 'accepted', now(), 'copy', ${resendOf}
    from effects where kind = '${kind}' and ${which}`;

const il = { order: { branch: 'il' } };

describe('the ledger', () => {
  it('of an empty installation is empty', async () => {
    await expect(balance()).resolves.toEqual({
      received: 0,
      byState: nothing,
      oldestOpenSeconds: null,
      uncertain: [],
      violations: [],
    });
  });

  it.each([
    ['done', 'accepted', 'accepted', 'fulfilled'],
    ['the message withheld', 'accepted', 'skipped', 'fulfilled'],
    ['the contact waiting', 'planned', 'planned', 'open'],
    ['the message waiting', 'accepted', 'planned', 'open'],
    ['the contact refused', 'failed', 'failed', 'failed'],
    ['the message refused', 'accepted', 'failed', 'failed'],
    ['the message of unknown outcome', 'accepted', 'uncertain', 'uncertain'],
  ])('counts an order with %s (contact %s, message %s) as %s', async (_name, contact, message, state) => {
    await settle(await make('L1', il), contact, message);
    const { byState, oldestOpenSeconds, uncertain, violations } = await balance();
    expect(byState).toEqual({ ...nothing, [state]: 1 });
    expect(oldestOpenSeconds === null).toBe(state !== 'open');
    expect(uncertain).toEqual(state === 'uncertain' ? ['L1'] : []);
    expect(violations).toEqual([]);
  });

  it('counts orders of other branches as fulfilled: nothing is owed', async () => {
    await make('L1', { order: { branch: 'ru' } });
    await expect(balance()).resolves.toMatchObject({ byState: { ...nothing, fulfilled: 1 }, violations: [] });
  });

  it('counts repeats, changes, tests, rejections and what is not yet or cannot be interpreted', async () => {
    await settle(await make('L1'), 'accepted', 'accepted');
    await receive('L1');
    await receive('L1');
    await make('L1', { form: { client: { name: 'רות' } } });
    await settle('L1', 'accepted', 'accepted');
    await deliver(test.database, viziOrder({ order: { id: 'L1-TEST' } }), { verdict: 'skipped' });
    await deliver(test.database, { nonce: 1 }, { verdict: 'rejected', problems: '[]' });
    await receive('L2');
    const broken = await receive('L3');
    await test.query(`update deliveries set state = 'failed' where id = $1`, [broken]);
    await expect(balance()).resolves.toMatchObject({
      received: 8,
      byState: {
        fulfilled: 1,
        duplicate: 2,
        changed: 1,
        skipped: 1,
        rejected: 1,
        failed: 1,
        uncertain: 0,
        open: 1,
      },
      violations: [],
    });
  });

  it('judges an order by the contact of its newest content', async () => {
    await settle(await make('L1'), 'accepted', 'accepted');
    await make('L1', { form: { client: { name: 'רות' } } });
    await expect(balance()).resolves.toMatchObject({ byState: { open: 1, changed: 1, fulfilled: 0 } });
  });

  it('does not count receipts', async () => {
    await deliver(test.database, { entry: [] }, { kind: 'receipt', source: 'meta', orderId: null });
    await expect(balance()).resolves.toMatchObject({ received: 0 });
  });

  it('counts what was received within a period, from its start to before its end', async () => {
    await make('L1');
    const [row] = await test.query<{ at: Date }>('select date_trunc($1, received_at) as at from deliveries', [
      'milliseconds',
    ]);
    const at = row!.at.getTime();
    const count = async (from: number, to: number) => (await balance(new Date(from), new Date(to))).received;
    expect([await count(at, at + 1), await count(at - 10, at), await count(at + 1, at + 10)]).toEqual([
      1, 0, 0,
    ]);
  });

  it.each([
    [
      'order row missing',
      `delete from messages; delete from effects; delete from order_applicants; delete from order_details;
       delete from orders`,
    ],
    ['contact effect missing', `delete from effects where kind = 'contact'`],
    ['confirmation missing', `delete from messages; delete from effects where kind = 'message'`],
    ['told before the contact was synced', `update effects set state = 'accepted' where kind = 'message'`],
    [
      'effect on a branch that owes none',
      `update orders set branch = 'co'; update effects set state = 'accepted', accepted_at = now()`,
    ],
    [
      'confirmation doubled',
      again('message', `'message:order_confirmation:' || order_id || ':copy'`, 'null'),
    ],
    [
      'confirmation doubled',
      `${again('message', `'resend:1'`, 'id')}; ${again('message', `'resend:2'`, 'id', `resend_of is null`)}`,
    ],
    ['sent again though no operator asked for it', again('message', `'resend:1'`, 'id')],
    ['contact doubled', again('contact', `'contact:L1:2'`, 'null')],
    ['contact doubled', again('contact', `'contact:' || order_id || ':1:copy'`, 'null')],
  ])('finds out when something is done behind its back: %s', async (problem, tampering) => {
    await make('L1');
    await expect(balance()).resolves.toMatchObject({ violations: [] });
    for (const statement of tampering.split('; ')) await test.query(statement);
    await expect(balance()).resolves.toMatchObject({ violations: [{ orderId: 'L1', problem }] });
  });

  it('changes nothing when it is read', async () => {
    await make('L1');
    const before = await test.query('select xmin::text as version from effects');
    await balance();
    await expect(test.query('select xmin::text as version from effects')).resolves.toEqual(before);
  });
});
