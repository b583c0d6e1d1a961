import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

/** One migrator at a time, whatever number of deployments start together. */
const lockKey = 7_265_510_001;
const turnPauseMs = 100;
const filePattern = /^(\d{14})_([a-z0-9_]+)\.sql$/;

interface Migration {
  readonly version: string;
  readonly name: string;
  readonly path: string;
}

/**
 * Applies the SQL files of a directory that the database has not had yet, in order of their timestamps, each in its own
 * transaction. A file whose first line is `-- no-transaction` (concurrent index builds) runs outside one. The record
 * is the table that the Supabase CLI keeps, so both tools agree on what has been applied.
 * @param options.databaseUrl a direct or session connection as the owner of the schema
 * @throws Error that names the file and the statement's message when one fails; earlier files stay applied
 */
export async function migrate(options: {
  databaseUrl: string;
  directory: string;
  onApplied?: (name: string) => void;
}): Promise<{ applied: string[] }> {
  const client = new pg.Client({ connectionString: options.databaseUrl, application_name: 'visapi-migrate' });
  await client.connect();
  try {
    await takeTurn(client);
    const pending = await findPending(client, options.directory);
    for (const migration of pending) {
      await apply(client, migration);
      options.onApplied?.(migration.name);
    }
    return { applied: pending.map((migration) => migration.name) };
  } finally {
    await client.end();
  }
}

/** Gives the application's role its password; migrations never hold one. */
export async function setAppRolePassword(options: { databaseUrl: string; password: string }): Promise<void> {
  const client = new pg.Client({ connectionString: options.databaseUrl, application_name: 'visapi-migrate' });
  await client.connect();
  try {
    await client.query(`alter role visapi_app password ${client.escapeLiteral(options.password)}`);
  } finally {
    await client.end();
  }
}

/**
 * Asks again and again instead of waiting inside Postgres: a concurrent index build waits for every running statement,
 * and one that waits for the builder's lock would make a deadlock of it.
 */
async function takeTurn(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [
      lockKey,
    ]);
    if (rows[0]?.held) return;
    await pause(turnPauseMs);
  }
}

async function findPending(client: pg.Client, directory: string): Promise<Migration[]> {
  await client.query('create schema if not exists supabase_migrations');
  await client.query(`create table if not exists supabase_migrations.schema_migrations (
    version text primary key, statements text[], name text)`);
  const done = await client.query<{ version: string }>(
    'select version from supabase_migrations.schema_migrations',
  );
  const applied = new Set(done.rows.map((row) => row.version));
  const all = await list(directory);
  return all.filter((migration) => !applied.has(migration.version));
}

async function list(directory: string): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).sort();
  return files.map((file) => {
    const [, version, name] = filePattern.exec(file) ?? [];
    if (version === undefined || name === undefined) {
      throw new Error(`Migration ${file}: the name must be <YYYYMMDDHHMMSS>_<verb>_<thing>.sql`);
    }
    return { version, name, path: join(directory, file) };
  });
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  const sql = await readFile(migration.path, 'utf8');
  const alone = sql.startsWith('-- no-transaction');
  try {
    if (!alone) await client.query('begin');
    await client.query(sql);
    await client.query(
      'insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)',
      [migration.version, migration.name, [sql]],
    );
    if (!alone) await client.query('commit');
  } catch (error) {
    if (!alone) await client.query('rollback');
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Migration ${migration.version}_${migration.name} failed: ${reason}`, { cause: error });
  }
}
