import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, takeTestRedis, type TestDatabase } from '@visapi/backend-testing';
import { type Answer, factsOf, type Key, type KeyBackend, seedKeys, startKeyBackend } from './key-backend.js';
import { keyPattern } from '../src/api-key.js';

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let backend: KeyBackend;

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  await seedKeys(test, {
    admin: ['admin'],
    manager: ['keys:*', 'orders:*', 'ledger:read'],
    reader: ['keys:read', 'orders:read'],
    maker: ['keys:create'],
  });
  backend = await startKeyBackend(test, redis.url);
});
afterAll(async () => {
  await backend.close();
  await redis.close();
  await test.drop();
});

const create = async (body: object, by = 'manager', more: { from?: string } = {}) =>
  await backend.ask('POST', 'api-keys', `${by}.s3cret`, { body, ...more });
const wanted = { name: 'Partner', scopes: ['orders:read'] };

describe('POST /api-keys', () => {
  it('answers 201 with a key that works at once, shown this once and never stored by anybody', async () => {
    const { status, data, headers } = await create(wanted);
    expect(status).toBe(201);
    expect(data).toMatchObject({ ...wanted, state: 'live', allowedNetworks: [] });
    expect(data.key).toMatch(keyPattern);
    expect(data.key.startsWith(`${data.prefix}.`)).toBe(true);
    expect(headers['cache-control']).toContain('no-store');
    const own = await backend.ask('GET', 'api-keys', data.key);
    expect([own.status, own.error.code]).toEqual([403, 'FORBIDDEN']);
  });

  it('keeps a keyed hash of the secret alone, and tells the history no secret', async () => {
    const { data } = await create(wanted);
    const secret = data.key.slice(data.key.indexOf('.') + 1);
    const rows = await test.query(`select row_to_json(k)::text as row from api_keys k
      union all select row_to_json(e)::text from events e`);
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(await redis.redis.keys(`*${secret}*`)).toEqual([]);
    const shown = await backend.ask('GET', `api-keys/${data.id}`, 'reader.s3cret');
    expect(shown.text).not.toMatch(/hash|secret|"key"/i);
  });

  it('says in the history who gave it, from where, and what it may do', async () => {
    const body = { ...wanted, scopes: ['orders:*'], allowedNetworks: ['203.0.113.0/24'] };
    const { data } = await create(body, 'manager', { from: '203.0.113.9' });
    const [manager] = await test.query<{ id: string }>(`select id from api_keys where prefix = 'manager'`);
    const actor = `key:${manager?.id}`;
    expect(data.createdBy).toBe(actor);
    const payload = {
      prefix: data.prefix,
      scopes: ['orders:*'],
      expiresAt: data.expiresAt,
      restricted: true,
    };
    expect(await factsOf(test, data.id)).toEqual([
      { type: 'api-key.created', version: 1, actor, ip: '203.0.113.9', payload },
    ]);
  });

  it('lets a key live for 90 days unless it is told how long', async () => {
    const days = ({ expiresAt }: Key) => Math.round((Date.parse(expiresAt ?? '') - Date.now()) / 86_400_000);
    expect(days((await create(wanted)).data)).toBe(90);
    expect(days((await create({ ...wanted, expiresInDays: 7 })).data)).toBe(7);
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    expect((await create({ ...wanted, expiresAt })).data.expiresAt).toBe(expiresAt);
    expect((await create({ ...wanted, expiresAt: null }, 'admin')).data.expiresAt).toBeNull();
  });

  it('keeps networks without the bits behind their size, and an address as one of its own', async () => {
    const allowedNetworks = ['10.1.2.3/8', '203.0.113.7', '2001:db8::1/32'];
    const { data } = await create({ ...wanted, allowedNetworks });
    expect(data.allowedNetworks).toEqual(['10.0.0.0/8', '203.0.113.7/32', '2001:db8::/32']);
  });

  it.each([
    ['nothing', {}, /name|scopes/],
    ['no scope', { ...wanted, scopes: [] }, /at least one scope/],
    [
      'an unknown scope',
      { ...wanted, scopes: ['orders:eat'] },
      /no scope "orders:eat"; known are .*orders:read/,
    ],
    ['everything of nothing', { ...wanted, scopes: ['moon:*'] }, /known are .*admin/],
    ['a name without a word', { ...wanted, name: '  ' }, /must say whose key/],
    ['a name with a line in it', { ...wanted, name: 'a\nb' }, /control/],
    ['a name with NUL', { ...wanted, name: 'a\u0000b' }, /control/],
    ['half a day', { ...wanted, expiresInDays: 0.5 }, /whole number/],
    ['days in words', { ...wanted, expiresInDays: '7' }, /whole number/],
    ['both ends', { ...wanted, expiresInDays: 7, expiresAt: '2099-01-01T00:00:00Z' }, /either/],
    ['a time without a zone', { ...wanted, expiresAt: '2099-01-01T00:00:00' }, /2026-01-05T00:00:00Z/],
    ['the past', { ...wanted, expiresAt: '2020-01-01T00:00:00Z' }, /in the future/],
    ['no network', { ...wanted, allowedNetworks: ['example.org'] }, /203\.0\.113\.0\/24/],
    ['a network that is too narrow', { ...wanted, allowedNetworks: ['10.0.0.0/33'] }, /203\.0\.113\.0\/24/],
    ['a misspelt field', { ...wanted, scope: 'x' }, /no scope here; known are name/],
    ['its own key', { ...wanted, key: 'mine.s3cret' }, /no key here/],
  ])('answers 400 that says what would be right: %s', async (_name, body, words) => {
    const { status, error } = await create(body);
    expect([status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect((error.details ?? []).map(({ message }) => message).join('; ')).toMatch(words);
  });

  it.each([
    ['a scope that it does not hold', 'manager', { scopes: ['logs:read'] }, ['logs:read']],
    [
      'some that it holds and some that it does not',
      'manager',
      { scopes: ['orders:read', 'cache:*'] },
      ['cache:read', 'cache:write'],
    ],
    ['admin', 'manager', { scopes: ['admin'] }, ['admin', 'users:update']],
    [
      'all of a resource of which it holds a part',
      'maker',
      { scopes: ['keys:*'] },
      ['keys:read', 'keys:update', 'keys:delete'],
    ],
    ['a life without end', 'manager', { expiresAt: null }, ['366 days']],
    ['a life of ten years', 'manager', { expiresInDays: 3_650 }, ['366 days']],
  ])(
    'answers 403 that names each thing when a key gives more than it holds: %s',
    async (_name, by, more, named) => {
      const before = await test.query('select 1 from api_keys');
      const { status, error } = await create({ ...wanted, ...more }, by);
      expect([status, error.code]).toEqual([403, 'FORBIDDEN']);
      for (const word of named) expect(JSON.stringify(error.details)).toContain(word);
      expect(await test.query('select 1 from api_keys')).toHaveLength(before.length);
    },
  );

  it('answers 403 to a key bound to networks that gives out one which reaches further', async () => {
    const bound = await create(
      { name: 'bound', scopes: ['keys:create', 'orders:read'], allowedNetworks: ['127.0.0.0/8'] },
      'admin',
    );
    const by = async (allowedNetworks: string[]) =>
      await backend.ask('POST', 'api-keys', bound.data.key, { body: { ...wanted, allowedNetworks } });
    for (const further of [[], ['0.0.0.0/0'], ['127.0.0.1', '203.0.113.7']])
      expect((await by(further)).status).toBe(403);
    expect((await by(['127.0.0.0/16'])).status).toBe(201);
  });

  it('answers 403 without the scope, before it looks at the body', async () => {
    const { status, error } = await create({ nonsense: true }, 'reader');
    expect([status, error.details]).toEqual([403, [{ path: 'scope', message: 'keys:create is missing' }]]);
  });
});

describe('GET /api-keys', () => {
  it('lists keys page by page, newest first, each with its state, and those of one state', async () => {
    const [live, revoked, expired] = await Promise.all([1, 2, 3].map(() => create(wanted)));
    await test.query(`update api_keys set revoked_at = now() where id = $1`, [revoked?.data.id]);
    await test.query(`update api_keys set expires_at = now() - interval '1 second' where id = $1`, [
      expired?.data.id,
    ]);
    const idsOf = async (state: string) => {
      const { data } = await backend.ask<Key[]>(
        'GET',
        `api-keys?perPage=200&state=${state}`,
        'reader.s3cret',
      );
      expect(new Set(data.map((key) => key.state))).toEqual(new Set([state]));
      return data.map(({ id }) => id);
    };
    expect(await idsOf('live')).toContain(live?.data.id);
    expect(await idsOf('revoked')).toEqual([revoked?.data.id]);
    expect(await idsOf('expired')).toEqual([expired?.data.id]);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Answer<Key[]> = await backend.ask<Key[]>(
        'GET',
        `api-keys?perPage=3&cursor=${cursor}`,
        'reader.s3cret',
      );
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.pagination.nextCursor;
    }
    const all = await test.query<{ id: string }>('select id from api_keys order by id desc');
    expect(seen).toEqual(all.map(({ id }) => id));
  });

  it('answers 404 for one that is not there, and 400 for what is no id or no filter', async () => {
    const get = async (path: string) => (await backend.ask('GET', path, 'reader.s3cret')).status;
    expect(await get('api-keys/00000000-0000-4000-8000-000000000000')).toBe(404);
    expect(await get('api-keys/manager')).toBe(400);
    expect(await get('api-keys?state=dead')).toBe(400);
    expect(await get('api-keys?status=live')).toBe(400);
  });
});
