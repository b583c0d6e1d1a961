import { newId } from '@visapi/backend-kernel';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import type { Insertable } from 'kysely';
import { BaseRepository, type Filter } from './base.repository.js';
import { conflicts } from './constraints.js';
import type { Executor } from './database.js';
import { translateDatabaseError } from './errors.js';
import type { ApiKeys } from './schema.gen.js';

class Keys extends BaseRepository<'apiKeys', 'id' | 'name' | 'prefix' | 'scopes' | 'expiresAt'> {
  constructor() {
    super('apiKeys', 'id', ['id', 'name', 'prefix', 'scopes', 'expiresAt']);
  }
}

let test: TestDatabase;
let db: Executor;
const keys = new Keys();

const key = (name: string, more: Partial<Insertable<ApiKeys>> = {}): Insertable<ApiKeys> => ({
  id: newId(),
  name,
  prefix: `prefix-${name}`,
  hashedSecret: Buffer.alloc(32, 1),
  scopes: ['orders:read'],
  ...more,
});
const names = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name).sort();

beforeAll(async () => {
  test = await createTestDatabase();
  db = test.database.db;
});
afterAll(async () => {
  await test.drop();
});
beforeEach(async () => {
  await test.query('truncate api_keys');
});

describe('what repositories have in common', () => {
  it('creates a row and answers the columns it is read by, and those alone', async () => {
    const made = await keys.create(db, key('a'));
    expect(made).toEqual({
      id: made.id,
      name: 'a',
      prefix: 'prefix-a',
      scopes: ['orders:read'],
      expiresAt: null,
    });
    await expect(keys.findById(db, made.id)).resolves.toEqual(made);
    await expect(keys.findById(db, newId())).resolves.toBeUndefined();
    await expect(keys.findOne(db, { prefix: 'prefix-a', revokedAt: null })).resolves.toEqual(made);
    await expect(keys.findOne(db, { prefix: 'prefix-b' })).resolves.toBeUndefined();
  });

  const [early, late] = [new Date('2026-01-01T00:00:00Z'), new Date('2027-01-01T00:00:00Z')];
  const filters: readonly (readonly [Filter<'apiKeys'>, string])[] = [
    [{}, 'abc'],
    [{ name: 'a' }, 'a'],
    [{ name: { not: 'a' } }, 'bc'],
    [{ expiresAt: null }, 'c'],
    [{ expiresAt: { not: null } }, 'ab'],
    [{ expiresAt: early }, 'a'],
    [{ expiresAt: { not: early } }, 'bc'],
    [{ expiresAt: { in: [early, null] } }, 'ac'],
    [{ expiresAt: { in: [late] } }, 'b'],
    [{ name: { in: ['a', 'b'] } }, 'ab'],
    [{ name: { in: [] } }, ''],
    [{ expiresAt: { gt: early } }, 'b'],
    [{ expiresAt: { gte: early, lt: late } }, 'a'],
    [{ expiresAt: { lte: late }, name: { not: 'a' } }, 'b'],
    [{ hashedSecret: Buffer.alloc(32, 1) }, 'abc'],
    [{ name: "a' or '1'='1" }, ''],
  ];
  it.each(filters)('chooses by %j what it says', async (where, wanted) => {
    await keys.createMany(db, [key('a', { expiresAt: early }), key('b', { expiresAt: late }), key('c')]);
    const found = names(await keys.findMany(db, { where }));
    expect(found.join('')).toBe(wanted);
    await expect(keys.count(db, where)).resolves.toBe(wanted.length);
    await expect(keys.exists(db, where)).resolves.toBe(wanted !== '');
    await expect(keys.findMany(db, { where, orderBy: [['name', 'desc']], limit: 1 })).resolves.toMatchObject(
      wanted === '' ? [] : [{ name: wanted.at(-1) }],
    );
  });

  it('pages by number and by cursor, the newest first', async () => {
    await keys.createMany(
      db,
      ['a', 'b', 'c'].map((name) => key(name)),
    );
    const [newest, middle, oldest] = await keys.findMany(db, { orderBy: [['id', 'desc']] });
    const numbered = await keys.findPage(db, {}, { kind: 'page', page: 2, perPage: 2 });
    expect(numbered).toEqual({
      items: [oldest],
      pagination: { page: 2, perPage: 2, total: 3, totalPages: 2 },
    });
    const first = await keys.findPage(db, {}, { kind: 'cursor', after: null, perPage: 2 });
    expect(first).toEqual({ items: [newest, middle], pagination: { nextCursor: middle?.id, perPage: 2 } });
    const rest = await keys.findPage(db, {}, { kind: 'cursor', after: middle?.id ?? '', perPage: 2 });
    expect(rest).toEqual({ items: [oldest], pagination: { nextCursor: null, perPage: 2 } });
  });

  it('updates one row, and throws when there is none', async () => {
    const { id } = await keys.create(db, key('a'));
    await keys.create(db, key('b'));
    await keys.update(db, id, { name: 'z' });
    expect(names(await keys.findMany(db))).toEqual(['b', 'z']);
    await expect(keys.update(db, newId(), { name: 'z' })).rejects.toThrow('no such row of apiKeys');
  });

  it('tells how many rows an update hit, so that a state can be taken once', async () => {
    await keys.createMany(db, [key('a'), key('b')]);
    const revoke = async () =>
      await keys.updateMany(db, { revokedAt: null, name: 'a' }, { revokedAt: new Date() });
    await expect(revoke()).resolves.toBe(1);
    await expect(revoke()).resolves.toBe(0);
  });

  it('deletes what the filter says, as a role that may', async () => {
    await keys.createMany(db, [key('a'), key('b')]);
    await expect(keys.delete(db, { name: 'a' })).rejects.toMatchObject({ code: '42501' });
    await test.query('grant delete on api_keys to visapi_app');
    await expect(keys.delete(db, { name: 'a' })).resolves.toBe(1);
    expect(names(await keys.findMany(db))).toEqual(['b']);
  });

  it('takes an empty or a half-said filter for a mistake, not for everything', async () => {
    await keys.create(db, key('a'));
    await expect(keys.updateMany(db, {}, { name: 'x' })).rejects.toThrow('needs a filter');
    await expect(keys.delete(db, {})).rejects.toThrow('needs a filter');
    const unsaid = { name: undefined } as unknown as Filter<'apiKeys'>;
    await expect(keys.findMany(db, { where: unsaid })).rejects.toThrow('says nothing of name');
    await expect(keys.delete(db, { name: { in: undefined } })).rejects.toThrow('says nothing of name');
  });

  it('makes all rows or none, and says what a taken prefix means', async () => {
    await keys.create(db, key('a'));
    const refused: unknown = await keys.createMany(db, [key('b'), key('a')]).catch((error: unknown) => error);
    expect(translateDatabaseError(refused)).toMatchObject({
      category: 'conflict',
      message: conflicts['api_keys_prefix_key'],
    });
    await expect(keys.count(db)).resolves.toBe(1);
    await keys.createMany(db, []);
  });

  it('leaves what another constraint refuses the bug it is', async () => {
    const short = await keys
      .create(db, key('a', { hashedSecret: Buffer.alloc(1) }))
      .catch((error: unknown) => error);
    expect(translateDatabaseError(short)).toBe(short);
  });

  it('gives a meaning to constraints that the database has, and to no others', async () => {
    const rows = await test.query<{ name: string }>(
      "select relname as name from pg_class join pg_index on indexrelid = oid where indisunique and relnamespace = 'public'::regnamespace",
    );
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(conflicts)));
  });
});
