import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessModule } from '@visapi/backend-access/http';
import { seedApiKeys } from '@visapi/backend-access/seed';
import { createHttpApp } from '@visapi/backend-http';
import {
  createTestDatabase,
  plantRows,
  quietLog,
  quietProcess,
  type TestDatabase,
  testRoot,
} from '@visapi/backend-testing';
import { OrdersHttpModule } from './orders-http.module.js';
import { orderResponse } from './orders.schemas.js';

const pepper = 'pepper';
const http = { port: 0, host: '127.0.0.1', reusePort: false };
let test: TestDatabase;
let started: Awaited<ReturnType<typeof createHttpApp>>;

const day = 24 * 60 * 60 * 1000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

beforeAll(async () => {
  test = await createTestDatabase();
  const keys = [
    { name: 'reader', key: 'reader.s3cret', scopes: ['orders:read'] },
    { name: 'shop', key: 'shop.s3cret', scopes: ['webhook:vizi'] },
  ];
  await seedApiKeys({ databaseUrl: test.ownerUrl, pepper, keys });
  await plantRows(test, [
    {
      order_id: 'IL1',
      order_status: 'active',
      product_country: 'india',
      product_name: 'India eVisa',
      amount: '498',
      currency: 'ILS',
      client_phone: '+972500000001',
      client_email: 'Dana.Example@example.test',
      created_at: '2026-01-05T10:00:00.123456Z',
      processed_at: '2026-01-05T11:00:00Z',
    },
    {
      order_id: 'IL2',
      order_status: 'canceled',
      product_country: 'uk',
      amount: '498.0001',
      currency: 'ILS',
      created_at: ago(5 * day),
      is_urgent: true,
    },
    {
      order_id: 'CO3',
      branch: 'co',
      amount: '120.5',
      currency: 'USD',
      created_at: ago(2 * day),
      warnings: ['phone:invalid'],
    },
    { order_id: 'SE4', branch: 'se', created_at: ago(60_000), review: ['amount'] },
  ]);
  const root = testRoot(test.url, [
    AccessModule.forRoot({ pepper, keyExpiryDays: 90 }, quietProcess),
    OrdersHttpModule,
  ]);
  started = await createHttpApp(root, { http, process: quietProcess }, quietLog);
});
afterAll(async () => {
  await started.close();
  await test.drop();
});

interface Answer {
  readonly status: number;
  readonly data?: unknown;
  readonly error?: { readonly details?: readonly { readonly path: string; readonly message: string }[] };
  readonly pagination?: unknown;
}

async function ask(
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  key: string | null = 'reader.s3cret',
) {
  const answer = await started.app.inject({
    method,
    url: `/api/v1/${path}`,
    headers: key === null ? {} : { 'x-api-key': key },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return { status: answer.statusCode, ...answer.json<object>() } as Answer;
}

const search = async (body: object) => await ask('POST', 'orders/search', body);

async function found(body: object) {
  const answer = await search(body);
  expect(answer).toMatchObject({ status: 200 });
  return (answer.data as { orderId: string }[]).map(({ orderId }) => orderId);
}
const where = async (field: string, op: string, value: unknown) =>
  (await found({ where: { field, op, value } })).sort();

describe('POST /orders/search', () => {
  it('answers in the shape of GET /orders, with numbered pages', async () => {
    const answer = await search({ where: { field: 'phone', op: 'eq', value: '+972500000001' } });
    expect(answer.data).toEqual([
      expect.objectContaining({ orderId: 'IL1', amount: '498.00', phoneValid: true }),
    ]);
    for (const order of answer.data as object[])
      expect(Object.keys(order).sort()).toEqual(Object.keys(orderResponse.shape).sort());
    expect(answer.pagination).toEqual({ page: 1, perPage: 20, total: 1, totalPages: 1 });
  });

  it('joins, alternates and negates', async () => {
    const all = [
      {
        any: [
          { field: 'branch', op: 'eq', value: 'co' },
          { not: { field: 'urgent', op: 'eq', value: false } },
        ],
      },
      { not: { field: 'currency', op: 'eq', value: 'USD' } },
    ];
    await expect(found({ where: { all } })).resolves.toEqual(['IL2']);
  });

  it('takes null as a value: who has no phone is not of that phone', async () => {
    await expect(where('phone', 'ne', '+972500000001')).resolves.toEqual(['CO3', 'IL2', 'SE4']);
    await expect(where('phone', 'in', [null])).resolves.toEqual(['CO3', 'IL2', 'SE4']);
    await expect(where('phone', 'eq', null)).resolves.toEqual(['CO3', 'IL2', 'SE4']);
    await expect(found({ where: { not: { field: 'amount', op: 'gt', value: '1' } } })).resolves.toEqual([
      'SE4',
    ]);
  });

  it('compares amounts to the last place, as text or as number', async () => {
    await expect(where('amount', 'gt', '498.00')).resolves.toEqual(['IL2']);
    await expect(where('amount', 'lte', 498)).resolves.toEqual(['CO3', 'IL1']);
    await expect(where('amount', 'in', ['498.0001', 120.5])).resolves.toEqual(['CO3', 'IL2']);
  });

  it('finds an order by the time that answers show, though the database knows it finer', async () => {
    await expect(where('createdAt', 'eq', '2026-01-05T12:00:00.123+02:00')).resolves.toEqual(['IL1']);
    await expect(where('createdAt', 'lte', '2026-01-05T10:00:00.123Z')).resolves.toEqual(['IL1']);
    await expect(where('createdAt', 'lt', '2026-01-05T10:00:00.123Z')).resolves.toEqual([]);
    await expect(where('processedAt', 'isNull', false)).resolves.toEqual(['IL1']);
  });

  it('takes spellings of countries and phones, and any case of e-mail, branch and status', async () => {
    await expect(where('country', 'eq', 'הודו')).resolves.toEqual(['IL1']);
    await expect(where('country', 'in', ['United Kingdom', 'IND'])).resolves.toEqual(['IL1', 'IL2']);
    await expect(where('phone', 'eq', '972-50-000-0001')).resolves.toEqual(['IL1']);
    await expect(where('email', 'eq', 'dana.example@EXAMPLE.test')).resolves.toEqual(['IL1']);
    await expect(where('branch', 'in', ['CO', 'se'])).resolves.toEqual(['CO3', 'SE4']);
    await expect(where('status', 'contains', 'CEL')).resolves.toEqual(['IL2']);
    await expect(where('product', 'contains', 'evisa')).resolves.toEqual([]);
    await expect(where('product', 'contains', 'eVisa')).resolves.toEqual(['IL1']);
  });

  it('finds warnings by their name or by what they are about', async () => {
    await expect(where('warnings', 'contains', 'phone')).resolves.toEqual(['CO3']);
    await expect(where('warnings', 'contains', 'phone:invalid')).resolves.toEqual(['CO3']);
    await expect(where('warnings', 'contains', 'phone:inv')).resolves.toEqual([]);
    await expect(where('warnings', 'isNull', true)).resolves.toEqual(['IL1', 'IL2', 'SE4']);
  });

  it('sorts either way, what is not known being least, and pages without overlap', async () => {
    const everything = { field: 'branch', op: 'isNull', value: false };
    const asc = { where: everything, sort: 'amount:asc' };
    await expect(found(asc)).resolves.toEqual(['SE4', 'CO3', 'IL1', 'IL2']);
    await expect(found({ where: everything, sort: { field: 'amount', direction: 'desc' } })).resolves.toEqual(
      ['IL2', 'IL1', 'CO3', 'SE4'],
    );
    await expect(found({ where: everything })).resolves.toEqual(['SE4', 'CO3', 'IL2', 'IL1']);
    await expect(found({ ...asc, perPage: 3, page: 2 })).resolves.toEqual(['IL2']);
  });

  it('knows presets, alone and together with a rule', async () => {
    await expect(found({ preset: 'needingAttention' })).resolves.toEqual(['SE4', 'CO3', 'IL2']);
    await expect(found({ preset: 'pendingProcessing' })).resolves.toEqual(['SE4', 'CO3']);
    const highValueOrders = { name: 'highValueOrders', currency: 'ILS', amount: '498.0001' };
    await expect(found({ preset: highValueOrders })).resolves.toEqual(['IL2']);
    const rule = { field: 'branch', op: 'eq', value: 'co' };
    await expect(found({ preset: 'needingAttention', where: rule })).resolves.toEqual(['CO3']);
    await expect(found({ preset: 'thisWeeksOrders', where: { not: rule } })).resolves.not.toContain('IL1');
  });

  it('lists the presets with what each means', async () => {
    const { data } = await ask('GET', 'orders/search/presets');
    expect(data).toHaveLength(5);
    expect(data).toContainEqual({
      preset: 'pendingProcessing',
      meaning: 'processedAt is empty and not (status is "canceled")',
    });
    for (const { preset } of data as { preset: object }[])
      await expect(search({ preset })).resolves.toMatchObject({ status: 200 });
  });
});

describe('a search that cannot be run', () => {
  const leaf = { field: 'branch', op: 'eq', value: 'il' };
  const nested = (levels: number): object => (levels === 1 ? leaf : { not: nested(levels - 1) });
  const faults: readonly (readonly [string, number, object, string, RegExp])[] = [
    [
      'an unknown field',
      400,
      { where: { ...leaf, field: 'colour' } },
      'where.field',
      /branch, status, country/,
    ],
    [
      'a field of rules of ours',
      400,
      { where: { ...leaf, field: 'review' } },
      'where.field',
      /must be one of/,
    ],
    ['an inherited name', 400, { where: { ...leaf, field: 'constructor' } }, 'where.field', /must be one of/],
    ['an unknown op', 400, { where: { ...leaf, op: 'like' } }, 'where.op', /eq, ne, in, isNull, contains/],
    ['an op of other fields', 400, { where: { ...leaf, op: 'gt' } }, 'where.op', /which branch knows/],
    [
      'a number for text',
      400,
      { where: { all: [leaf, { ...leaf, value: 1 }] } },
      'where.all[1].value',
      /text/,
    ],
    ['null where nothing is null', 400, { where: { ...leaf, value: null } }, 'where.value', /must be text/],
    ['empty text', 400, { where: { ...leaf, value: '' } }, 'where.value', /isNull/],
    ['text with NUL', 400, { where: { ...leaf, value: 'i\0l' } }, 'where.value', /stored/],
    ['a lone surrogate', 400, { where: { ...leaf, value: '\ud800' } }, 'where.value', /stored/],
    ['no decimal', 400, { where: { field: 'amount', op: 'gt', value: '1e3' } }, 'where.value', /"498.00"/],
    [
      'an odd decimal in a list',
      400,
      { where: { field: 'amount', op: 'in', value: [1, 'x'] } },
      'where.value[1]',
      /decimal/,
    ],
    [
      'a time too fine',
      400,
      { where: { field: 'createdAt', op: 'eq', value: '2026-01-05T10:00:00.123456Z' } },
      'where.value',
      /milliseconds/,
    ],
    [
      'a day for a time',
      400,
      { where: { field: 'createdAt', op: 'gt', value: '2026-01-05' } },
      'where.value',
      /2026-01-05T00/,
    ],
    [
      'a word for a flag',
      400,
      { where: { field: 'urgent', op: 'eq', value: 'yes' } },
      'where.value',
      /true or false/,
    ],
    ['no value', 400, { where: { field: 'phone', op: 'isNull' } }, 'where.value', /true or false/],
    ['an empty list of values', 400, { where: { ...leaf, op: 'in', value: [] } }, 'where.value', /1 to 200/],
    ['an empty list', 400, { where: { any: [] } }, 'where.any', /at least one/],
    ['two joints at once', 400, { where: { all: [leaf], any: [leaf] } }, 'where', /exactly one/],
    ['more in a leaf', 400, { where: { ...leaf, values: [] } }, 'where.values', /field, op and value/],
    ['text for a rule', 400, { where: { not: 'branch = il' } }, 'where.not', /"all"/],
    ['neither rule nor preset', 400, {}, '', /where, preset or both/],
    ['an unknown preset', 400, { preset: 'tomorrows' }, 'preset', /todaysOrders/],
    ['an unknown sort', 400, { where: leaf, sort: 'phone:asc' }, 'sort', /amount:desc/],
    ['an unknown part', 400, { where: leaf, were: leaf }, 'were', /there is no were here/],
    ['six levels', 422, { where: nested(6) }, 'where.not.not.not.not.not', /at most 5 levels/],
    [
      '51 leaves',
      422,
      { where: { any: [{ all: Array(26).fill(leaf) }, { all: Array(25).fill(leaf) }] } },
      'where.any[1].all[24]',
      /at most 50/,
    ],
    ['51 of nothing', 422, { where: { any: Array(51).fill({ all: [] }) } }, 'where.any[50]', /at most 50/],
  ];
  it.each(faults)(
    'answers %s with its place and what would be right',
    async (_, status, body, path, words) => {
      const answer = await search(body);
      expect(answer).toMatchObject({
        status,
        error: { details: [{ path, message: expect.stringMatching(words) }] },
      });
    },
  );

  it('takes 5 levels and 50 leaves, and names each of several faults', async () => {
    await expect(search({ where: nested(5) })).resolves.toMatchObject({ status: 200 });
    await expect(search({ where: { all: Array(50).fill(leaf) } })).resolves.toMatchObject({ status: 200 });
    const { error } = await search({
      where: { all: [{ ...leaf, op: 'x' }, leaf, { not: { ...leaf, value: 1 } }] },
    });
    expect(error?.details?.map(({ path }) => path)).toEqual(['where.all[0].op', 'where.all[2].not.value']);
  });

  it('survives a body of a million levels', async () => {
    const answer = await started.app.inject({
      method: 'POST',
      url: '/api/v1/orders/search',
      headers: { 'x-api-key': 'reader.s3cret' },
      payload: `{"where":${'{"not":'.repeat(1_000_000)}1${'}'.repeat(1_000_000)}}`,
    });
    expect([400, 413, 422]).toContain(answer.statusCode);
  });

  const hostile = [
    "'; drop table orders; --",
    "il' or '1'='1",
    '"; select pg_sleep(10); --',
    'branch") = \'il\' or ("branch',
    '$1',
    '%',
    '_',
    '\\',
    '{}',
    '__proto__',
    'toString',
  ];
  it.each(hostile)('takes %s for nothing but text', async (words) => {
    for (const field of ['branch', 'status', 'country', 'product', 'currency', 'phone', 'email'])
      for (const [op, value] of [
        ['eq', words],
        ['in', [words]],
      ] as const)
        await expect(where(field, op, value)).resolves.toEqual([]);
    await expect(where('warnings', 'contains', words)).resolves.toEqual([]);
    await expect(where('product', 'contains', words)).resolves.toEqual([]);
    await expect(search({ where: { ...leaf, field: words } })).resolves.toMatchObject({ status: 400 });
    await expect(search({ where: { ...leaf, op: words } })).resolves.toMatchObject({ status: 400 });
    await expect(search({ where: leaf, sort: words })).resolves.toMatchObject({ status: 400 });
    for (const page of [true, '2', [5], 0])
      await expect(search({ where: leaf, page })).resolves.toMatchObject({ status: 400 });
    await expect(where('branch', 'eq', 'il')).resolves.toEqual(['IL1', 'IL2']);
  });
});

describe('who may search and count', () => {
  it.each([
    ['POST', 'orders/search'],
    ['GET', 'orders/search/presets'],
    ['GET', 'orders/stats?period=day'],
  ] as const)('%s %s answers 401 without a key and 403 without the scope', async (method, path) => {
    await expect(ask(method, path, undefined, null)).resolves.toMatchObject({ status: 401 });
    await expect(ask(method, path, undefined, 'shop.s3cret')).resolves.toMatchObject({ status: 403 });
  });
});
