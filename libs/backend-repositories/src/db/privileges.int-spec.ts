import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import { sql } from 'kysely';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => await test.drop());

// What every role may do to every table, and row security, are tried in test/access-matrix.int-spec.ts.
describe('what the application may do', () => {
  it('is not stretched by its role: it owns nothing and cannot pass row security', async () => {
    const [role] = await test.query(
      `select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole,
         (select count(*)::int from pg_class where relowner = r.oid) as owned
       from pg_roles r where rolname = 'visapi_app'`,
    );
    expect(role).toEqual({
      rolsuper: false,
      rolbypassrls: false,
      rolcreatedb: false,
      rolcreaterole: false,
      owned: 0,
    });
  });

  it.each([
    'delete from orders',
    'delete from logs',
    'update logs set message = message',
    'select make_log_partition(now())',
    'truncate events',
    'update deliveries set body_hash = body_hash',
    'update events set payload = payload',
    'update events set occurred_at = occurred_at',
    'delete from events',
    'select from events for update',
    'update receipts set status = status',
    'update delivery_bodies set body = body',
    'delete from delivery_bodies',
    'create table mine (id int)',
    'alter table orders disable row level security',
    'set role postgres',
  ])('does not include: %s', async (statement) => {
    await expect(sql.raw(statement).execute(test.database.db)).rejects.toMatchObject({ code: '42501' });
  });
});
