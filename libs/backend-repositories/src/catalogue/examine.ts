import { sql } from 'kysely';
import type { Database, Executor } from '../db/database.js';
import { catalogue } from './catalogue.js';
import { explainOnce, explainPrepared } from './explain.js';
import type { Taken } from './plan.js';
import type { CataloguedQuery, Purpose } from './query.js';
import { record, type Statement } from './recording.js';
import { samplesOf } from './samples.js';

export type Planned = 'for any values' | 'for these values';

/** One statement of a query, run under one plan. */
export interface Examined {
  readonly name: string;
  readonly asks: string | undefined;
  readonly purpose: Purpose;
  /** Which of the query's statements, from 1; undefined when there is one. */
  readonly nth: number | undefined;
  readonly planned: Planned;
  readonly weakness: string | undefined;
  readonly taken: Taken | undefined;
  /** Why it could not be run. */
  readonly error: string | undefined;
  /** What is wrong with it. */
  readonly faults: readonly string[];
}

/**
 * Runs every statement of the catalogue in a grown database, with the plans that the product's connections make, and
 * tells what it read. Nothing stays.
 * @param isWanted which queries, by their names; all unless said otherwise
 */
export async function examine(
  database: Database,
  orders: number,
  isWanted: (name: string) => boolean = () => true,
): Promise<Examined[]> {
  const samples = samplesOf(orders, new Date());
  const sizes = await tableSizes(database.db);
  const examined: Examined[] = [];
  const queries = Object.values(catalogue).flatMap((queriesOf) => queriesOf(samples));
  for (const query of queries.filter(({ name }) => isWanted(name))) {
    const found = await examineQuery(database, query, sizes);
    examined.push(...found);
  }
  return examined;
}

async function examineQuery(database: Database, query: CataloguedQuery, sizes: Sizes): Promise<Examined[]> {
  const { name, asks, purpose, weakness } = query;
  const statements = await record(query.run, query.answers);
  const plans: readonly Planned[] = query.reported
    ? ['for these values']
    : ['for any values', 'for these values'];
  const found: Examined[] = [];
  for (const planned of plans) {
    const runs = await (query.reported
      ? reported(database, statements)
      : kept(database, statements, planned));
    const missing = missingReads(query, runs);
    runs.forEach((run, index) => {
      const nth = statements.length > 1 ? index + 1 : undefined;
      const faults = [...faultsOf(query, run, sizes), ...(index === 0 ? missing : [])];
      found.push({ name, asks, purpose, nth, planned, weakness, taken: run.taken, error: run.error, faults });
    });
  }
  return found;
}

interface Run {
  readonly statement: Statement;
  readonly taken?: Taken;
  readonly error?: string;
}

async function reported(database: Database, statements: readonly Statement[]): Promise<Run[]> {
  return await database.report(async (executor) => await inOrder(executor, statements, explainOnce));
}

/** One after the other, since the second may need what the first wrote; then everything is taken back. */
async function kept(database: Database, statements: readonly Statement[], planned: Planned): Promise<Run[]> {
  return await database.db.connection().execute(async (session) => {
    await sql.raw('begin').execute(session);
    try {
      return await inOrder(session, statements, planned === 'for any values' ? explainPrepared : explainOnce);
    } finally {
      await sql.raw('rollback').execute(session);
    }
  });
}

type Explain = (executor: Executor, statement: Statement) => Promise<Taken>;

async function inOrder(
  executor: Executor,
  statements: readonly Statement[],
  explain: Explain,
): Promise<Run[]> {
  const runs: Run[] = [];
  for (const statement of statements) {
    try {
      runs.push({ statement, taken: await explain(executor, statement) });
    } catch (error) {
      runs.push({ statement, error: error instanceof Error ? error.message : String(error) });
    }
  }
  return runs;
}

function missingReads({ reads = [] }: CataloguedQuery, runs: readonly Run[]): string[] {
  const read = runs.flatMap((run) => run.taken?.reads ?? []);
  return reads.filter((index) => !read.includes(index)).map((index) => `does not read ${index}`);
}

/** Rows of each table, as the planner believes. */
type Sizes = ReadonlyMap<string, number>;

async function tableSizes(session: Executor): Promise<Sizes> {
  const result = await sql<{ name: string; size: number }>`
    select relname as name, reltuples::int8 as size from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace`.execute(session);
  return new Map(result.rows.map(({ name, size }) => [name, size]));
}

/** Tables below this are small enough to be gone through. */
const smallTable = 1_000;

/** Rows that may be looked at in vain: so many of any table, and of a big one this part. */
const patience = { rows: 2_000, part: 0.02 };

function faultsOf(
  { purpose, weakness }: CataloguedQuery,
  { taken, error, statement }: Run,
  sizes: Sizes,
): string[] {
  // A report that takes longer than the product waits is listed as such.
  if (purpose === 'report' && error?.includes('statement timeout')) return [];
  if (error !== undefined) return [`cannot be run: ${error}`];
  if (purpose === 'report' || weakness !== undefined) return [];
  // The count of a numbered page goes through what it counts.
  const counts = statement.text.startsWith('select count(*) as total from (');
  return (taken?.scans ?? []).flatMap(({ table, index, found, wasted }) => {
    const size = sizes.get(table) ?? 0;
    if (size < smallTable) return [];
    if (counts && found > size / 20) return [];
    if (wasted > Math.max(Math.min(patience.rows, size / 4), patience.part * size))
      return [`${index ?? table}: ${wasted} rows of ${table} were read in vain`];
    return !counts && found > size / 4 ? [`reads ${found} of ${size} rows of ${table}`] : [];
  });
}
