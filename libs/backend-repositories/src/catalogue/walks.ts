import { CompiledQuery, sql } from 'kysely';
import type { Database, Executor } from '../db/database.js';
import { catalogue } from './catalogue.js';
import type { CataloguedQuery } from './query.js';
import { record } from './recording.js';
import { samplesOf } from './samples.js';

/** A node of a plan as Postgres tells it in JSON, not run. */
interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Filter?: string;
  readonly Plans?: readonly Node[];
}

interface Told {
  /** The column's name is Postgres's own. */
  readonly [column: string]: readonly { readonly Plan: Node }[];
}

/** A plan that goes through what nobody asked for, or a query whose plans leave an index out that they should read. */
export interface Walk {
  readonly name: string;
  readonly asks: string | undefined;
  /** Which of the query's statements, from 1; undefined: all of them together. */
  readonly nth: number | undefined;
  readonly walks: readonly string[];
}

/**
 * Plans what every order passes through and what runs at intervals as a process does that begins with an empty database:
 * for whatever values come, with the options of the pool, and without knowing any table. Such a plan is kept while the
 * tables grow, so it must look rows up by what is asked for, whatever it believes of their number.
 * @param queries those of the catalogue unless said otherwise
 */
export async function walksOf(
  database: Database,
  queries: readonly CataloguedQuery[] = begunWith(),
): Promise<Walk[]> {
  const partial = await partialIndexes(database.db);
  const first = await firstColumns(database.db);
  const found: Walk[] = [];
  for (const query of queries) {
    const { name, asks, reads = [] } = query;
    const meant = reads.filter((index) => partial.has(index));
    const read = new Set<string>();
    for (const [index, { text }] of (await record(query.run, query.answers)).entries()) {
      const top = await plan(database.db, text);
      const walks = walksBelow(top, { meant, first });
      if (walks.length > 0) found.push({ name, asks, nth: index + 1, walks });
      for (const indexRead of indexesBelow(top)) read.add(indexRead);
    }
    const left = reads.filter((index) => !read.has(index)).map((index) => `does not read ${index}`);
    if (left.length > 0) found.push({ name, asks, nth: undefined, walks: left });
  }
  return found;
}

/** Tables that hold one row, one for each of us, or what is under way and nothing else: they may be gone through. */
const fewRows = ['api_keys', 'event_horizon', 'event_replays', 'outbox', 'roles', 'users'];

function begunWith(): CataloguedQuery[] {
  const queries = Object.values(catalogue).flatMap((queriesOf) => queriesOf(samplesOf(20_000, new Date())));
  return queries.filter(({ purpose, reported }) => ['hot', 'sweep'].includes(purpose) && !reported);
}

async function plan(session: Executor, text: string): Promise<Node> {
  const query = CompiledQuery.raw(`explain (generic_plan, format json) ${text}`);
  const { rows } = await session.executeQuery<Told>(query);
  const [told] = Object.values(rows[0] ?? {})[0] ?? [];
  if (!told) throw new Error('Postgres told no plan');
  return told.Plan;
}

async function partialIndexes(session: Executor): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`
    select indexrelid::regclass::text as name from pg_index where indpred is not null`.execute(session);
  return new Set(rows.map(({ name }) => name));
}

function indexesBelow(node: Node): string[] {
  const below = (node.Plans ?? []).flatMap(indexesBelow);
  return node['Index Name'] === undefined ? below : [node['Index Name'], ...below];
}

interface Known {
  /** Indexes of few rows, made for this query, which may be walked from their beginning. */
  readonly meant: readonly string[];
  readonly first: ReadonlyMap<string, string>;
}

function walksBelow(node: Node, known: Known, above?: Node): string[] {
  const below = (node.Plans ?? []).flatMap((child) => walksBelow(child, known, node));
  const walk = walkOf(node, known, above);
  const isMeant =
    fewRows.includes(node['Relation Name'] ?? '') || known.meant.includes(node['Index Name'] ?? '');
  return walk === undefined || isMeant ? below : [walk, ...below];
}

function walkOf(node: Node, { first }: Known, above: Node | undefined): string | undefined {
  const { 'Node Type': type, 'Relation Name': table, 'Index Name': index, 'Index Cond': condition } = node;
  if (type === 'Seq Scan') return `all of ${table ?? '?'}`;
  if (index === undefined) return undefined;
  // The first of an index, such as its greatest.
  if (above?.['Node Type'] === 'Limit' && node.Filter === undefined) return undefined;
  if (condition === undefined) return `all of ${index}`;
  const begins = new RegExp(String.raw`\b${first.get(index) ?? ''}\b`).test(condition);
  return isConstant(condition) || !begins ? `all of ${index} with ${condition}` : undefined;
}

/** Whether a condition says the same whatever is asked for: it compares columns with words of ours alone. */
function isConstant(condition: string): boolean {
  return !/\$\d|[\w")]\.[\w"]|\b(?:now|clock_timestamp)\(/.test(condition.replaceAll(/'(?:[^']|'')*'/g, ''));
}

/** Names of the columns that each index begins with; an expression has none. */
async function firstColumns(session: Executor): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ name: string; first: string }>`
    select i.indexrelid::regclass::text as name, a.attname::text as first
    from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]`.execute(
    session,
  );
  return new Map(rows.map(({ name, first }) => [name, first]));
}
