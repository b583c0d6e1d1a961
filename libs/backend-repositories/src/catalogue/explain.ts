import { newId } from '@visapi/backend-kernel';
import { CompiledQuery, sql } from 'kysely';
import pg from 'pg';
import type { Executor } from '../db/database.js';
import { type PlanReport, type Taken, taken } from './plan.js';
import type { Statement } from './recording.js';

interface Told {
  /** One row of one column, whose name is Postgres's own. */
  readonly rows: readonly Readonly<Record<string, readonly PlanReport[]>>[];
}

const explaining = 'explain (analyze, buffers, format json)';

/** Runs a statement as it is planned for the values it has. It is for the caller to take back what it did. */
export async function explainOnce(executor: Executor, { text, values }: Statement): Promise<Taken> {
  const query = CompiledQuery.raw(`${explaining} ${text}`, [...values]);
  return read(await executor.executeQuery<Told['rows'][number]>(query));
}

/** Runs a statement as it is planned for whatever values come, which is what Postgres keeps of a prepared one. */
export async function explainPrepared(session: Executor, { text, values }: Statement): Promise<Taken> {
  const run = async (line: string) => (await sql.raw(line).execute(session)) as Told;
  const name = `explained_${newId().replaceAll('-', '')}`;
  await run('set local plan_cache_mode = force_generic_plan');
  await run(`prepare ${name} as ${text}`);
  const told = await run(`${explaining} execute ${name}${literals(values)}`);
  await run(`deallocate ${name}`);
  return read(told);
}

function read({ rows }: Told): Taken {
  const [report] = Object.values(rows[0] ?? {})[0] ?? [];
  if (!report) throw new Error('Postgres told no plan');
  return taken(report);
}

function literals(values: readonly unknown[]): string {
  return values.length === 0 ? '' : `(${values.map((value) => literalOf(value)).join(', ')})`;
}

/** As the driver would write it, in quotes: Postgres knows the type that belongs there. */
function literalOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Date) return pg.escapeLiteral(value.toISOString());
  if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'`;
  if (Array.isArray(value)) return pg.escapeLiteral(`{${value.map(elementOf).join(',')}}`);
  return pg.escapeLiteral(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

function elementOf(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  const text =
    value instanceof Date
      ? value.toISOString()
      : Buffer.isBuffer(value)
        ? `\\x${value.toString('hex')}`
        : String(value);
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
