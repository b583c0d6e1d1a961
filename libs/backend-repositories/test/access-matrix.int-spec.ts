import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, plantOrder, type TestDatabase } from '@visapi/backend-testing';
import pg from 'pg';
import { migrate } from '../src/db/migrate.js';
import { matrix } from './access-matrix.js';
import { observeAccess } from './observe-access.js';

const others = ['anon', 'authenticated', 'service_role'];
const migrations = join(import.meta.dirname, '../../../supabase/migrations');
let test: TestDatabase;
let owner: pg.Client;

beforeAll(async () => {
  test = await createTestDatabase();
  owner = await connect(test.ownerUrl);
});
afterAll(async () => {
  await owner.end();
  await test.drop();
});

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

const queryOf =
  (client: pg.Client) =>
  async <Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await client.query(text, [...values])).rows as Row[];
const query = async <Row extends object>(text: string, values?: readonly unknown[]) =>
  await queryOf(owner)<Row>(text, values);

/** What the matrix says that the application may do, in the form in which it is seen. */
const expected = Object.entries(matrix)
  .map(([thing, { may, columns = [] }]) => ({
    thing,
    verbs: may === '' ? [] : may.split(' ').sort(),
    columns: [...columns].sort(),
  }))
  .sort((left, right) => (left.thing < right.thing ? -1 : 1));
const nothing = expected.map(({ thing }) => ({ thing, verbs: [], columns: [] }));

describe('who may do what to each table, partition, view, sequence and function', () => {
  it('is for the application what the matrix says, no more and no less, and new things have a line there', async () => {
    await expect(observeAccess(query, 'visapi_app')).resolves.toEqual(expected);
  });

  it.each(others)('is nothing at all for %s', async (role) => {
    await expect(observeAccess(query, role)).resolves.toEqual(nothing);
  });

  it('has a reason wherever the application may delete, or have something done as the owner', () => {
    const isGrave = (thing: string, may: string) =>
      /\b(delete|truncate)\b/.test(may) || (may === 'execute' && thing.endsWith('(as its owner)'));
    const unexplained = Object.entries(matrix).filter(
      ([thing, { may, why }]) => isGrave(thing, may) !== (why !== undefined),
    );
    expect(unexplained).toEqual([]);
  });

  it('includes no right to build on a table, to tend it, or to hand rights on', async () => {
    const rows = await query(
      `select c.relname, acl.grantee::regrole::text as role, acl.privilege_type
       from pg_class c cross join aclexplode(c.relacl) acl
       where c.relnamespace = 'public'::regnamespace and acl.grantee <> c.relowner
         and (acl.privilege_type in ('REFERENCES', 'TRIGGER', 'MAINTAIN') or acl.is_grantable)`,
    );
    expect(rows).toEqual([]);
  });

  it('is noticed: a right that somebody grants in passing, to a table or a single column', async () => {
    await query('begin');
    await query('grant delete on orders to visapi_app; grant update (payload) on events to authenticated');
    const seen = [
      ...(await observeAccess(query, 'visapi_app')),
      ...(await observeAccess(query, 'authenticated')),
    ];
    await query('rollback');
    expect(seen).toContainEqual(
      expect.objectContaining({ thing: 'public.orders', verbs: expect.arrayContaining(['delete']) }),
    );
    expect(seen).toContainEqual({ thing: 'public.events', verbs: [], columns: ['payload'] });
  });
});

describe('a Supabase project, which grants its API roles everything by default', () => {
  it('gives them nothing once it is migrated, and the application the same as everywhere', async () => {
    const name = `test_supabase_${process.pid}`;
    await query(`create database ${name} template template0`);
    const url = new URL(test.ownerUrl);
    url.pathname = `/${name}`;
    const project = await connect(url.href);
    try {
      for (const kind of ['tables', 'sequences', 'functions'])
        await project.query(
          `alter default privileges in schema public grant all on ${kind} to anon, authenticated, service_role`,
        );
      await migrate({ databaseUrl: url.href, directory: migrations });
      for (const role of others)
        await expect(observeAccess(queryOf(project), role)).resolves.toEqual(nothing);
      await expect(observeAccess(queryOf(project), 'visapi_app')).resolves.toEqual(expected);
    } finally {
      await project.end();
      await query(`drop database ${name} with (force)`);
    }
  }, 120_000);
});

describe('row security', () => {
  it('is on for every table and partition; only the application has a policy', async () => {
    const rows = await query<{ name: string; secured: boolean; roles: string[] }>(
      `select c.relname as name, c.relrowsecurity as secured,
         array(select distinct r.rolname::text from pg_policy p, unnest(p.polroles) o join pg_roles r on r.oid = o
           where p.polrelid = c.oid) as roles
       from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`,
    );
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) expect(row).toEqual({ name: row.name, secured: true, roles: ['visapi_app'] });
  });

  // Forced, it would bind the owner too, who migrates and fills the tables and has no policy.
  it('does not bind the owner of the tables, who brings them up to date', async () => {
    const forced = await query(`select relname from pg_class where relforcerowsecurity`);
    expect(forced).toEqual([]);
  });

  it('shows and takes nothing from anon and authenticated, even if somebody grants them everything', async () => {
    await plantOrder(test);
    const tables = await query<{ name: string; filled: boolean }>(
      `select c.relname as name,
         (xpath('//n/text()', query_to_xml(format('select exists (select from public.%I) as n', c.relname), false, true, '')))[1]::text = 'true' as filled
       from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`,
    );
    expect(tables.filter(({ filled }) => filled).length).toBeGreaterThan(4);
    for (const role of ['anon', 'authenticated']) {
      await query('begin');
      await query(
        `grant usage on schema public to ${role}; grant all on all tables in schema public to ${role}`,
      );
      await query(`set local role ${role}`);
      for (const { name } of tables) {
        const [seen] = await query<{ count: string }>(`select count(*) from public.${name}`);
        expect({ name, seen: seen?.count }).toEqual({ name, seen: '0' });
        await query('savepoint before');
        await expect(query(`insert into public.${name} default values`)).rejects.toMatchObject({
          code: '42501',
        });
        await query('rollback to savepoint before');
      }
      await query('rollback');
    }
  });
});
