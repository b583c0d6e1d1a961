import { type RawBuilder, sql } from 'kysely';

/**
 * The data key that a column names, wrapped as it is stored: empty when it has been destroyed, null when there is none. A
 * scalar subquery, which is never planned as a join.
 * @param column qualified, as `m.parameters_key_id`
 */
export function storedKey(column: string): RawBuilder<string | null> {
  return sql`(select coalesce(k.key_id || ':' || encode(k.wrapped, 'hex'), '') from data_keys k
    where k.id = ${sql.ref(column)}::uuid)`;
}
