import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import {
  ExplainNode,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  sql,
} from 'kysely';
import type { Executor } from '../db/database.js';
import { type AnyValue, type Condition, type Op, Specification } from '../db/specification.js';
import { type OrderFacts, orderFields, type OrderFields } from './order-fields.js';
import { type OrderFilter, OrderListsRepository } from './order-lists.repository.js';
import { OrderSearchRepository, type OrderSort } from './order-search.repository.js';
import { OrderStatsRepository } from './order-stats.repository.js';

let test: TestDatabase;

/** Two years of orders: one an hour or so, most of them done, few of them odd. */
beforeAll(async () => {
  test = await createTestDatabase();
  await test.query(`insert into orders
    (order_id, delivery_id, delivery_position, applied_position, first_received_at, branch, amount, currency,
      order_status, client_email, client_phone, whatsapp_alerts_enabled, product_country, is_urgent, warnings,
      cbb_synced, whatsapp_confirmation_sent, processed_at, created_at)
    select 'IL' || n, gen_random_uuid(), n, n, at, case n % 5 when 0 then 'co' else 'il' end, (n * 7919 % 100000) / 100.0,
      'ILS', 'active', 'Client' || n || '@example.test', '+97250' || 1000000 + n, true,
      'country' || case when n % 1000 = 7 then 0 else n % 60 + 1 end, n % 10 = 0, case when n % 500 = 0 then array['phone:invalid'] else '{}' end,
      n % 1000 > 5, n % 1000 > 5, case when n % 1000 > 5 then at + interval '1 minute' end, at
    from generate_series(1, 20000) as n, lateral (select timestamptz '2024-01-01Z' + n * interval '50 minutes' as at) as t`);
  await test.query('vacuum analyze orders');
});
afterAll(async () => {
  await test.drop();
});

/** Asks for the plan of each statement instead of running it. A query within a statement passes here before it. */
class Explaining implements KyselyPlugin {
  readonly plans: string[] = [];

  transformQuery({ node }: PluginTransformQueryArgs) {
    if (node.kind === 'SelectQueryNode') return { ...node, explain: ExplainNode.create() };
    if (node.kind !== 'RawNode') return node;
    const [first = '', ...others] = node.sqlFragments;
    const parameters = node.parameters.map((part) => ({ ...part, explain: undefined }));
    return { ...node, sqlFragments: [`explain ${first}`, ...others], parameters };
  }

  async transformResult({ result }: PluginTransformResultArgs) {
    this.plans.push(result.rows.map((row) => String(Object.values(row)[0])).join('\n'));
    return { ...result, rows: [] };
  }
}

/** Names of the indexes that a plan reads, and `Seq Scan` where it reads a table. */
function scansOf(plan: string): (string | undefined)[] {
  const scans = /Index (?:Only )?Scan (?:Backward )?using (\S+)|Bitmap Index Scan on (\S+)|(Seq Scan)/g;
  return [...plan.matchAll(scans)].map(([, plain, bitmap, table]) => plain ?? bitmap ?? table);
}

async function plansOf(
  read: (executor: Executor) => Promise<unknown>,
  executor: Executor,
): Promise<string[]> {
  const explaining = new Explaining();
  await read(executor.withPlugin(explaining));
  return explaining.plans;
}

async function search(condition: Condition, sort: OrderSort = { field: 'createdAt', direction: 'desc' }) {
  const specification = Specification.read<OrderFacts, OrderFields>(orderFields, condition);
  const find = async (executor: Executor) =>
    await new OrderSearchRepository().findBySpecification(executor, specification, {
      page: 1,
      perPage: 20,
      sort,
    });
  const [count = '', items = ''] = await test.database.report(
    async (executor) => await plansOf(find, executor),
  );
  return { count, items };
}

const leaf = (field: string, op: Op, value: AnyValue): Condition => ({ field, op, value });
const time = (text: string) => new Date(text);

describe('the plan of a search among 20,000 orders', () => {
  it.each([
    ['phone', leaf('phone', 'eq', '+972501000042'), 'orders_client_phone_idx'],
    ['phones', leaf('phone', 'in', ['+972501000042', '+972501000043']), 'orders_client_phone_idx'],
    ['e-mail', leaf('email', 'eq', 'CLIENT42@example.test'), 'orders_client_email_folded_idx'],
    ['country', leaf('country', 'eq', 'Country0'), 'orders_country_idx'],
    ['warning', leaf('warnings', 'contains', 'phone:invalid'), 'orders_warnings_idx'],
    ['time', leaf('createdAt', 'eq', time('2025-01-01T00:00:00Z')), 'orders_created_at_idx'],
    [
      'period',
      {
        all: [
          leaf('createdAt', 'gte', time('2025-01-01T00:00:00Z')),
          leaf('createdAt', 'lt', time('2025-01-08T00:00:00Z')),
        ],
      },
      'orders_created_at_idx',
    ],
    [
      'time of processing',
      leaf('processedAt', 'gte', time('2025-11-20T00:00:00Z')),
      'orders_processed_at_idx',
    ],
    ['amount', leaf('amount', 'eq', '123.45'), 'orders_amount_idx'],
    ['nothing sent', leaf('whatsappConfirmationSent', 'eq', false), 'orders_unconfirmed_idx'],
    [
      'nothing sent, negated',
      { not: leaf('whatsappConfirmationSent', 'eq', true) },
      'orders_unconfirmed_idx',
    ],
    [
      'not in the CRM',
      { all: [leaf('branch', 'eq', 'IL'), leaf('cbbSynced', 'eq', false)] },
      'orders_unsynced_il_idx',
    ],
    [
      'one of two',
      { any: [leaf('phone', 'eq', '+972501000042'), leaf('email', 'eq', 'client7@example.test')] },
      'orders_client_email_folded_idx',
    ],
  ] as const)('by %s reads its index, not the table', async (_, condition, index) => {
    const { count, items } = await search(condition);
    expect(scansOf(count)).toContain(index);
    expect(scansOf(items)).toContain(index);
    expect(count + items).not.toContain('Seq Scan');
  });

  it.each([
    ['createdAt', 'asc', 'orders_created_at_idx'],
    ['createdAt', 'desc', 'orders_created_at_idx'],
    ['processedAt', 'asc', 'orders_processed_at_idx'],
    ['processedAt', 'desc', 'orders_processed_at_idx'],
    ['amount', 'asc', 'orders_amount_idx'],
    ['amount', 'desc', 'orders_amount_idx'],
  ] as const)(
    'sorted by %s %s takes a page from the index without sorting',
    async (field, direction, index) => {
      const { items } = await search(leaf('urgent', 'eq', false), { field, direction });
      expect(scansOf(items)).toEqual([index]);
      expect(items).not.toContain('Sort');
    },
  );
});

describe('the plan of a list or report among 20,000 orders', () => {
  it.each<[string, OrderFilter, string]>([
    ['no filter', {}, 'orders_delivery_position_idx'],
    ['a phone', { phone: '+972501000042' }, 'orders_client_phone_idx'],
    ['an e-mail', { email: 'Client42@example.test' }, 'orders_client_email_idx'],
    ['changes to look at', { review: true }, 'orders_review_idx'],
  ])('of %s reads its index, by page and by cursor', async (_, filter, index) => {
    const list = (page: Parameters<OrderListsRepository['list']>[2]) => async (executor: Executor) =>
      await new OrderListsRepository().list(executor, filter, page);
    const numbered = await plansOf(list({ kind: 'page', page: 1, perPage: 20 }), test.database.db);
    const after = await plansOf(list({ kind: 'cursor', after: '19000', perPage: 20 }), test.database.db);
    for (const plan of [numbered[1] ?? '', ...after]) {
      expect(scansOf(plan)).toEqual([index]);
    }
    expect(numbered[0]).not.toContain('Seq Scan');
  });

  it.each([
    ['the sums of its days', { from: time('2025-06-01T00:00:00Z'), to: time('2025-07-01T00:00:00Z') }],
    ['the orders of that month', null],
  ])('of the statistics of a month reads %s and nothing else', async (_what, whole) => {
    const starts = Array.from({ length: 30 }, (_, day) => new Date(Date.UTC(2025, 5, 1 + day)));
    const month = { starts, to: time('2025-07-01T00:00:00Z'), days: whole };
    const count = async (executor: Executor) => await new OrderStatsRepository().count(executor, month);
    const [plan = ''] = await test.database.report(async (executor) => await plansOf(count, executor));
    expect(new Set(scansOf(plan))).toEqual(new Set(['orders_created_at_idx', 'order_statistics_key']));
    expect(plan).not.toContain('Seq Scan');
  });

  it('leaves the planner options of the connections as they were', async () => {
    const option = async (executor: Executor) => await sql<object>`show enable_seqscan`.execute(executor);
    const within = await test.database.report(option);
    expect(within.rows).toEqual([{ enableSeqscan: 'on' }]);
    const after = await Promise.all(Array.from({ length: 4 }, async () => await option(test.database.db)));
    for (const { rows } of after) expect(rows).toEqual([{ enableSeqscan: 'off' }]);
  });

  it('cannot write', async () => {
    const write = async (executor: Executor) =>
      await executor.updateTable('orders').set({ branch: 'x' }).execute();
    await expect(test.database.report(write)).rejects.toMatchObject({ code: '25006' });
  });
});
