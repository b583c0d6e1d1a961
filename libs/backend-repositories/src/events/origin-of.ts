import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

const tables = { delivery: 'deliveries', effect: 'effects' } as const;

/** Whose work the row of a job is part of; undefined when there is no such row. */
export async function originOf(
  executor: Executor,
  { kind, id }: { readonly kind: keyof typeof tables; readonly id: string },
): Promise<{ readonly orderId: string | null; readonly correlationId: string } | undefined> {
  const result = await sql<{ orderId: string | null; correlationId: string }>`
    select order_id, correlation_id from ${sql.table(tables[kind])} where id = ${id}`.execute(executor);
  return result.rows[0];
}
