import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import { sql } from 'kysely';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => await test.drop());

const actions = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'];

async function tables(): Promise<string[]> {
  const rows = await test.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm') order by 1`,
  );
  return rows.map(({ name }) => name);
}

/** What a role may do to whole tables, as "table action". */
async function granted(role: string): Promise<string[]> {
  const rows = await test.query<{ told: string }>(
    `select t || ' ' || a as told from unnest($2::text[]) t, unnest($3::text[]) a
     where has_table_privilege($1, 'public.' || t, a) order by 1`,
    [role, await tables(), actions],
  );
  return rows.map(({ told }) => told);
}

describe('what roles may do', () => {
  it.each(['anon', 'authenticated', 'public'])('nothing at all, for %s', async (role) => {
    await expect(granted(role)).resolves.toEqual([]);
    const [columns] = await test.query<{ n: string }>(
      `select count(*) as n from information_schema.column_privileges where table_schema = 'public' and grantee ilike $1`,
      [role],
    );
    expect(columns).toEqual({ n: '0' });
  });

  it('only what is granted, for the application: it changes no history, and deletes only what can be counted anew', async () => {
    const all = await granted('visapi_app');
    expect(all.filter((entry) => /DELETE|TRUNCATE|REFERENCES|TRIGGER/.test(entry))).toEqual(
      // Projections of the orders, of which a rebuild begins with nothing, positions of facts that are being told, and answers
      // that have expired.
      [
        'counted_orders DELETE',
        'idempotency_keys DELETE',
        'order_counts DELETE',
        'order_revenues DELETE',
        'outbox DELETE',
      ],
    );
    expect(all.filter((entry) => entry.endsWith('UPDATE'))).toEqual(
      [
        'api_keys',
        'applicant_issues',
        'contacts',
        'counted_orders',
        'effects',
        'messages',
        'order_counts',
        'order_revenues',
        'orders',
        'polls',
        'visa_records',
      ].map((table) => `${table} UPDATE`),
    );
  });

  it('of the history nothing but adding to it, for the application: no column of a fact or a seal can be written again', async () => {
    const rows = await test.query<{ told: string }>(
      `select table_name || ' ' || column_name as told from information_schema.column_privileges
       where grantee = 'visapi_app' and privilege_type = 'UPDATE' and table_name in ('events', 'event_seals')`,
    );
    expect(rows).toEqual([]);
  });

  it('is held by every table: row security is on, and only the application has a policy', async () => {
    const rows = await test.query<{ name: string; secured: boolean; roles: string[] }>(
      `select c.relname as name, c.relrowsecurity as secured,
         array(select distinct r.rolname::text from pg_policy p, unnest(p.polroles) o join pg_roles r on r.oid = o where p.polrelid = c.oid) as roles
       from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`,
    );
    expect(rows.length).toBeGreaterThan(8);
    for (const row of rows) expect(row).toEqual({ name: row.name, secured: true, roles: ['visapi_app'] });
  });

  it('is not stretched by the application’s role: it owns nothing and cannot pass row security', async () => {
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
  ])('refuses the application: %s', async (statement) => {
    await expect(sql.raw(statement).execute(test.database.db)).rejects.toMatchObject({ code: '42501' });
  });

  it('lets anon and authenticated read nothing even when somebody grants them a table', async () => {
    await test.query(`insert into contacts (phone) values ('+972500000001')`);
    for (const role of ['anon', 'authenticated']) {
      await test.query(`grant select on contacts to ${role}`);
      await test.query(`do $$ begin
        set local role ${role};
        if exists (select from public.contacts) then raise exception '% sees rows', current_user; end if;
      end $$`);
    }
  });
});
