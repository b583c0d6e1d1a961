import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

/** One migrator at a time, whatever number of deployments start together. */
const lockKey = 7_265_510_001;
const turnPauseMs = 100;
/** How long the statements of others may have to wait for one of a migration. */
const lockWaitMs = 500;
const retryPauseMs = 1_000;
/** A minute and a half of trying. */
const mostTries = 60;
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
 * May run while the system does: it holds nobody up for longer than half a second at a time.
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
  const text = await readFile(migration.path, 'utf8');
  const isAlone = text.startsWith('-- no-transaction');
  try {
    if (isAlone) await applyAlone(client, migration, text);
    else await applyAsWhole(client, migration, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const advice = isLockTimeout(error)
      ? ' A transaction keeps its table in use: end it (pg_stat_activity, the oldest xact_start) and migrate again.'
      : '';
    throw new Error(`Migration ${migration.version}_${migration.name} failed: ${reason}.${advice}`, {
      cause: error,
    });
  }
}

/**
 * While a statement waits to have a table for itself, everybody else waits behind it. So it waits for a moment only and
 * comes again, and what runs is never held up longer than that.
 */
async function applyAsWhole(client: pg.Client, migration: Migration, text: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(`begin; set local lock_timeout = ${lockWaitMs}`);
      await client.query(text);
      await record(client, migration, text);
      await client.query('commit');
      return;
    } catch (error) {
      await client.query('rollback');
      if (!isLockTimeout(error) || attempt === mostTries) throw error;
    }
    await pause(retryPauseMs);
  }
}

/** A concurrent build that was interrupted leaves an index that serves nobody; it is built anew. */
async function applyAlone(client: pg.Client, migration: Migration, text: string): Promise<void> {
  const [, index] = /create (?:unique )?index concurrently (\w+)/i.exec(text) ?? [];
  const invalid = await client.query<{ name: string }>(
    'select indexrelid::regclass::text as name from pg_index where not indisvalid and indexrelid = to_regclass($1)',
    [`public.${index ?? ''}`],
  );
  for (const { name } of invalid.rows) await client.query(`drop index concurrently ${name}`);
  await client.query(text);
  await record(client, migration, text);
}

async function record(client: pg.Client, { version, name }: Migration, text: string): Promise<void> {
  await client.query(
    'insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)',
    [version, name, [text]],
  );
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '55P03';
}
