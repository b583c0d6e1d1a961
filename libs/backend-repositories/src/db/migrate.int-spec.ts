import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase, until } from '@visapi/backend-testing';
import pg from 'pg';
import { migrate } from './migrate.js';

const product = join(import.meta.dirname, '../../../../supabase/migrations');
let test: TestDatabase;
let directory: string;

beforeEach(async () => {
  test = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'migrations-'));
});
afterEach(async () => {
  await test.drop();
  await rm(directory, { recursive: true });
});

const write = async (name: string, sql: string) => await writeFile(join(directory, name), sql);
const run = async (from = directory) => await migrate({ databaseUrl: test.ownerUrl, directory: from });

describe('migrate', () => {
  it('has nothing to do the second time', async () => {
    await expect(run(product)).resolves.toEqual({ applied: [] });
  });

  it('applies new files in the order of their timestamps and tells of each', async () => {
    await write('20300102000000_fill_shelf.sql', 'insert into shelf values (1)');
    await write('20300101000000_create_shelf.sql', 'create table shelf (id int)');
    const told: string[] = [];
    await migrate({ databaseUrl: test.ownerUrl, directory, onApplied: (name) => told.push(name) });
    expect(told).toEqual(['create_shelf', 'fill_shelf']);
    await expect(run()).resolves.toEqual({ applied: [] });
  });

  it('rolls a failing file back, names it, and keeps those before it', async () => {
    await write('20300101000000_create_shelf.sql', 'create table shelf (id int)');
    await write('20300102000000_break_shelf.sql', 'create table half (id int); select nonsense');
    await expect(run()).rejects.toThrow(/20300102000000_break_shelf failed: .*nonsense/);
    const tables = await test.query(
      `select to_regclass('shelf') is not null as shelf, to_regclass('half') is not null as half`,
    );
    expect(tables).toEqual([{ shelf: true, half: false }]);
    await write('20300102000000_break_shelf.sql', 'create table half (id int)');
    await expect(run()).resolves.toEqual({ applied: ['break_shelf'] });
  });

  it('refuses a file whose name says no time', async () => {
    await write('add_things.sql', 'select 1');
    await expect(run()).rejects.toThrow('add_things.sql');
  });

  it('applies each file once when several migrators start together', async () => {
    await write('20300101000000_create_shelf.sql', 'create table shelf (id int); select pg_sleep(0.2)');
    const results = await Promise.all([run(), run(), run()]);
    expect(results.flatMap(({ applied }) => applied)).toEqual(['create_shelf']);
  });

  it('builds an index concurrently while another migrator waits', async () => {
    await write('20300101000000_create_shelf.sql', 'create table shelf (id int)');
    await write(
      '20300102000000_index_shelf.sql',
      '-- no-transaction\ncreate index concurrently shelf_id_idx on shelf (id)',
    );
    const results = await Promise.all([run(), run()]);
    expect(results.flatMap(({ applied }) => applied)).toEqual(['create_shelf', 'index_shelf']);
    const [index] = await test.query(
      `select indisvalid from pg_index where indexrelid = 'shelf_id_idx'::regclass`,
    );
    expect(index).toEqual({ indisvalid: true });
  });

  it('waits for a table in use without making others wait, and goes on when it is free', async () => {
    await test.query('create table shelf (id int)');
    await write('20300101000000_label_shelf.sql', 'alter table shelf add column label text');
    const reader = new pg.Client({ connectionString: test.ownerUrl });
    await reader.connect();
    await reader.query('begin; select from shelf');
    const migrating = run();
    // The migration has been refused the table once: it stands in nobody's way between its tries.
    const waits = `select count(*)::int as waiting from pg_locks where not granted and relation = 'shelf'::regclass`;
    await until(
      () => test.query<{ waiting: number }>(waits),
      ([row]) => row?.waiting === 1,
    );
    await until(
      () => test.query<{ waiting: number }>(waits),
      ([row]) => row?.waiting === 0,
    );
    await test.query('insert into shelf values (1)');
    await reader.query('commit');
    await reader.end();
    expect((await migrating).applied).toEqual(['label_shelf']);
    expect(await test.query('select * from shelf')).toEqual([{ id: 1, label: null }]);
  });

  it('builds an index anew whose build was interrupted', async () => {
    await test.query('create table shelf (id int); insert into shelf values (1), (1)');
    const build = 'create unique index concurrently shelf_id_idx on shelf (id)';
    await write('20300101000000_index_shelf.sql', `-- no-transaction\n${build}`);
    await expect(run()).rejects.toThrow('index_shelf failed');
    await test.query('delete from shelf');
    expect((await run()).applied).toEqual(['index_shelf']);
    const isValid = `select indisvalid from pg_index where indexrelid = 'shelf_id_idx'::regclass`;
    expect(await test.query(isValid)).toEqual([{ indisvalid: true }]);
  });
});
