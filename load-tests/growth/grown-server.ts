import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { readJson, writeJson } from '#services/files.ts';
import { startPostgres } from '#services/postgres.ts';
import type { BenchContext } from '../benchmark.ts';
import { MIGRATIONS, migrateDatabase } from '../system/pipeline.ts';
import { query } from '../system/query.ts';
import type { Services } from '../system/services.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CATALOGUE = join(ROOT, 'libs', 'backend-repositories', 'src', 'catalogue');
const GROWERS = ['grow.ts', 'grown-rows.ts', 'names.ts'].map((file) => join(CATALOGUE, file));
/** The orders of a database end when it was grown; "the last month" has to stay a month of orders. */
const OLDEST_DAYS = 7;
const GROWN = 'grown';
const COPY = 'measured';

/**
 * A server of its own that keeps a database of so many orders between runs, under `$VISAPI_HOME/growth`: to grow a
 * million takes minutes.
 */
export interface GrownServer {
  /** As the benchmark's own, whose databases are copies of the grown one. */
  readonly services: Services;
  /** Postgres ends and starts again on the same port, with empty buffers. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** @param redisUrl where the cache of whoever uses it lives: systems of two sizes must not answer for each other */
export async function startGrownServer(
  { services, say }: BenchContext,
  orders: number,
  redisUrl: string,
): Promise<GrownServer> {
  const home = resolve(ROOT, process.env.VISAPI_HOME ?? '.visapi', 'growth', String(orders));
  await mkdir(home, { recursive: true, mode: 0o711 });
  const options = { directory: join(home, 'postgres'), password: await keptPassword(home) };
  const start = (more: { port?: number; durable?: boolean } = {}) =>
    startPostgres({ ...options, ...more }, services.guardian);

  // Growing is no measurement: nothing of it has to survive a crash of the machine.
  let running = await start({ durable: false });
  await growUnlessKept(running.urlOf, orders, say);
  await running.stop();
  running = await start();
  const { urlOf } = running;
  return {
    services: {
      ...services,
      redisUrl,
      ownerUrl: urlOf('postgres'),
      get postgresPid() {
        return running.pid;
      },
      createDatabase: async () => {
        say(`  copying the database of ${orders} orders`);
        await replace(urlOf('postgres'), COPY, ` template ${GROWN} strategy file_copy`);
        return urlOf(COPY);
      },
    },
    restart: async () => {
      await running.stop();
      running = await start({ port: Number(new URL(urlOf('postgres')).port) });
    },
    stop: async () => {
      // The copy is as big as what is kept.
      await query(urlOf('postgres'), `drop database if exists ${COPY} with (force)`);
      await running.stop();
    },
  };
}

/** The data outlive the run, so its password must. */
async function keptPassword(home: string): Promise<string> {
  const file = join(home, 'secret.json');
  const kept = await readJson<{ password: string }>(file);
  if (kept) return kept.password;
  const password = randomBytes(18).toString('hex');
  await writeJson(file, { password });
  return password;
}

async function growUnlessKept(
  urlOf: (name: string) => string,
  orders: number,
  say: (line: string) => void,
): Promise<void> {
  const [owner, url] = [urlOf('postgres'), urlOf(GROWN)];
  const recipe = await recipeOf();
  if ((await keptRecipe(owner)) === recipe) {
    say(`  ${orders} orders are kept from an earlier run`);
    return;
  }
  say(`  growing ${orders} orders`);
  const began = performance.now();
  const elapsed = (): string => `${Math.round((performance.now() - began) / 1000)} s`;
  await replace(owner, GROWN, '');
  await migrateDatabase(url);
  const { grow } = await import('@visapi/backend-repositories/catalogue');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const run = async (text: string) => (await client.query<Record<string, unknown>>(text)).rows;
  await grow(run, orders, (step) => {
    say(`    ${elapsed().padStart(5)} ${step}`);
  }).finally(() => client.end());
  // Set last: a database that was left half-grown has none.
  await query(owner, `comment on database ${GROWN} is '${recipe} ${new Date().toISOString()}'`);
  say(`  grown in ${elapsed()}`);
}

async function replace(url: string, name: string, how: string): Promise<void> {
  await query(url, `drop database if exists ${name} with (force)`);
  await query(url, `create database ${name}${how}`);
}

/** Of what grows the rows and of the schema: an index or a column more makes another database than one that had it from the start. */
async function recipeOf(): Promise<string> {
  const migrations = (await readdir(MIGRATIONS)).sort().map((file) => join(MIGRATIONS, file));
  const hash = createHash('sha256');
  for (const file of [...GROWERS, ...migrations]) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

/** By what the database was grown; undefined when it is not there, half-grown or old. */
async function keptRecipe(url: string): Promise<string | undefined> {
  const [row] = await query<{ comment: string | null }>(
    url,
    `select shobj_description(oid, 'pg_database') as comment from pg_database where datname = $1`,
    [GROWN],
  );
  const [recipe, at] = row?.comment?.split(' ') ?? [];
  const isOld = at !== undefined && Date.now() - Date.parse(at) > OLDEST_DAYS * 86_400_000;
  return isOld ? undefined : recipe;
}
