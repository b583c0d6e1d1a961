import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { openColumns, type StoredColumns } from '../privacy/sealed-row.js';
import { storedKey } from '../privacy/stored-key.js';
import { vaultOf } from '../privacy/vault.js';

/** The bytes of a delivery as they are stored, sealed or not. */
export type StoredBody = StoredColumns<'body'>;

/** The columns of it, of `delivery_bodies b`. */
export const storedBody = sql`b.body, b.key_id as body_key_id, ${storedKey('b.key_id')} as body_key`;

/** Deliveries with the bytes that were received. */
export function openBodies<R extends { readonly id: string } & StoredBody>(
  executor: Executor,
  rows: readonly R[],
) {
  const vault = vaultOf(executor);
  return rows.map((row) => openColumns(vault, 'delivery_bodies', row.id, row, ['body']));
}
