import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AnyValue, Condition, Op } from '@visapi/backend-repositories';
import { OrderSearchRepository, type OrderView } from '@visapi/backend-repositories/orders';
import { createTestDatabase, type PlantedRow, plantRows, type TestDatabase } from '@visapi/backend-testing';
import fc from 'fast-check';
import { orderRuleOf, type OrderSpecification, OrderSpecificationBuilder } from './order.specification.js';

let test: TestDatabase;
const repository = new OrderSearchRepository();
const everything = new OrderSpecificationBuilder().build();

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => {
  await test.drop();
});
beforeEach(async () => {
  await test.query('truncate orders cascade');
});

/** A few values each, so that rules and rows often meet; among them what SQL, patterns and collations trip over. */
const texts = fc.constantFrom(
  ...[
    'il',
    'IL',
    'iL',
    'ı',
    'İ',
    'i̇',
    'ß',
    'SS',
    'é',
    'é',
    'É',
    'Σ',
    'ς',
    'הודו',
    '🇮🇳',
    '%',
    '_',
    "o'il",
    '\\',
    '\\%',
    '',
    ' ',
  ],
  ...['a%b_c', '"', '$1', '{}', '{il,"x"}', 'null', 'NULL', '-- il', '%il%', 'x'.repeat(200)],
);
const decimals = fc.constantFrom(
  ...[
    '0',
    '-0',
    '0.0001',
    '-0.0001',
    '498',
    '498.0',
    '498.0000',
    '498.0001',
    '0.1',
    '0.3',
    '9007199254740993',
  ],
  ...['9007199254740992.9999', '9999999999999999.9999', '-498.0500', '0498.05'],
);
const microseconds = fc.constantFrom('000', '001', '499', '500', '999');
const milliseconds = fc.constantFrom('000', '001', '122', '123', '124', '999');
const seconds = fc.constantFrom(
  '2026-01-05T10:00:00',
  '2026-03-27T00:00:00',
  '1969-12-31T23:59:59',
  '0044-03-15T12:00:00',
);
const stored = fc.tuple(seconds, milliseconds, microseconds).map(([s, ms, us]) => `${s}.${ms}${us}Z`);
const times = fc.tuple(seconds, milliseconds).map(([s, ms]) => new Date(`${s}.${ms}Z`));
const labels = fc.constantFrom(
  'phone:invalid',
  'phone',
  'phone:',
  'country:unknown',
  'a:b:c',
  'a:b',
  '%',
  "'",
  '\\',
  '{x}:y',
);

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 3 });
const rows: fc.Arbitrary<Omit<PlantedRow, 'order_id'>> = fc.record({
  branch: texts,
  order_status: maybe(texts),
  product_country: maybe(texts),
  product_name: maybe(texts),
  amount: maybe(decimals),
  currency: maybe(texts),
  client_phone: maybe(texts),
  client_email: maybe(texts),
  created_at: stored,
  processed_at: maybe(stored),
  cbb_synced: fc.boolean(),
  whatsapp_confirmation_sent: fc.boolean(),
  whatsapp_alerts_enabled: fc.boolean(),
  is_urgent: fc.boolean(),
  warnings: fc.array(labels, { maxLength: 3 }),
  review: fc.array(labels, { maxLength: 2 }),
});

type Scalar = Exclude<AnyValue, readonly unknown[]>;

function leaves(fields: readonly string[], ops: readonly Op[], one: fc.Arbitrary<Scalar>, orNull: boolean) {
  const value: fc.Arbitrary<Scalar | null> = orNull ? maybe(one) : one;
  return fc.constantFrom(...ops).chain((op) => {
    if (op === 'isNull') return leaf(fields, op, fc.boolean());
    if (op === 'in') return leaf(fields, op, fc.array(value, { maxLength: 4 }));
    return leaf(fields, op, op === 'eq' || op === 'ne' ? value : one);
  });
}

function leaf(fields: readonly string[], op: Op, value: fc.Arbitrary<AnyValue>): fc.Arbitrary<Condition> {
  return fc.record({ field: fc.constantFrom(...fields), op: fc.constant(op), value });
}

const equal: readonly Op[] = ['eq', 'ne', 'in', 'isNull'];
const ordered: readonly Op[] = [...equal, 'lt', 'lte', 'gt', 'gte'];
const anyLeaf = fc.oneof(
  leaves(['branch'], [...equal, 'contains'], texts, false),
  leaves(['status', 'country', 'product', 'currency', 'phone', 'email'], [...equal, 'contains'], texts, true),
  leaves(['amount'], ordered, decimals, true),
  leaves(['createdAt'], ordered, times, false),
  leaves(['processedAt'], ordered, times, true),
  leaves(
    ['cbbSynced', 'whatsappConfirmationSent', 'urgent', 'whatsappAlertsEnabled'],
    equal,
    fc.boolean(),
    false,
  ),
  leaves(['warnings', 'review'], ['contains', 'isNull'], labels, false),
);
const { condition: conditions } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    anyLeaf,
    fc.record({ all: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ not: tie('condition') }),
  ),
}));

async function find(specification: OrderSpecification): Promise<readonly OrderView[]> {
  const page = { page: 1, perPage: 1_000, sort: { field: 'createdAt', direction: 'asc' } } as const;
  return (await repository.findBySpecification(test.database.db, specification, page)).items;
}

const idsOf = (orders: readonly OrderView[]) => orders.map(({ orderId }) => orderId).sort();

async function plant(given: readonly Omit<PlantedRow, 'order_id'>[]): Promise<readonly OrderView[]> {
  await test.query('truncate orders cascade');
  await plantRows(
    test,
    given.map((row, index) => ({ order_id: `R${index}`, ...row })),
  );
  return await find(everything);
}

/** What the database finds must be what judging each row in memory finds. */
async function agree(orders: readonly OrderView[], condition: Condition): Promise<number> {
  const specification = orderRuleOf(condition);
  const judged = orders.filter((order) => specification.isSatisfiedBy(order));
  expect(idsOf(await find(specification))).toEqual(idsOf(judged));
  const others = orders.filter((order) => specification.not().isSatisfiedBy(order));
  expect(idsOf(await find(specification.not()))).toEqual(idsOf(others));
  expect(judged.length + others.length).toBe(orders.length);
  return judged.length;
}

describe('a specification', () => {
  it('finds in the database exactly what it is satisfied by in memory, and its negation the rest', async () => {
    let [some, all] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(rows, { minLength: 20, maxLength: 60 }),
        fc.array(conditions, { minLength: 40, maxLength: 40 }),
        async (given, rules) => {
          const orders = await plant(given);
          for (const rule of rules) {
            const count = await agree(orders, rule);
            all += 1;
            if (count > 0 && count < orders.length) some += 1;
          }
        },
      ),
      { numRuns: 25 },
    );
    // Rules that find all or nothing prove little.
    expect(some / all).toBeGreaterThan(0.3);
  }, 120_000);

  it('gives the same verdict for each field, op and value there is', async () => {
    const orders = await plant(fc.sample(rows, { numRuns: 150, seed: 1 }));
    for (const rule of fc.sample(anyLeaf, { numRuns: 600, seed: 2 })) await agree(orders, rule);
  }, 60_000);

  it('takes a time for the millisecond it falls in, from its first microsecond to its last', async () => {
    const at = (us: string): Omit<PlantedRow, 'order_id'> => ({ created_at: `2026-01-05T10:00:00.${us}Z` });
    const orders = await plant([at('122999'), at('123000'), at('123999'), at('124000')]);
    const value = new Date('2026-01-05T10:00:00.123Z');
    const found = async (op: Op) => idsOf(await find(orderRuleOf({ field: 'createdAt', op, value })));
    await expect(found('eq')).resolves.toEqual(['R1', 'R2']);
    await expect(found('lt')).resolves.toEqual(['R0']);
    await expect(found('lte')).resolves.toEqual(['R0', 'R1', 'R2']);
    await expect(found('gt')).resolves.toEqual(['R3']);
    await expect(found('gte')).resolves.toEqual(['R1', 'R2', 'R3']);
    for (const order of orders) expect(order.createdAt.getTime() % 1000).toBeLessThan(125);
  });
});
