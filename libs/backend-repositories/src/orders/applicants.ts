import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

/** Rows of an order's applicants, numbered from 1 in their order. */
export function applicantRows(orderId: string, ids: readonly string[]) {
  return sql<{ orderId: string; ordinal: number; applicantId: string }>`
    select ${orderId}::text, ordinal, id from unnest(${[...ids]}::text[]) with ordinality as given(id, ordinal)`;
}

/** The order has these applicants from now on. Nothing is deleted: rows of those it has no more are marked. */
export async function replaceApplicants(
  executor: Executor,
  orderId: string,
  ids: readonly string[],
): Promise<void> {
  await sql`
    insert into order_applicants (order_id, ordinal, applicant_id) ${applicantRows(orderId, ids)}
    on conflict (order_id, ordinal) do update set applicant_id = excluded.applicant_id, removed = false`.execute(
    executor,
  );
  await sql`update order_applicants set removed = true where order_id = ${orderId} and ordinal > ${ids.length}`.execute(
    executor,
  );
}
