import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { boundColumn, type SealedTable, type SealedTableName, sealedTables } from './sealed-tables.js';
import { storedKey } from './stored-key.js';
import { type Sealed, vaultOf } from './vault.js';

/**
 * One column of one row as it was before it was sealed.
 * @returns null when nothing is there, or its key has been destroyed
 * @throws when the table has no such sealed column
 */
export async function readSealed(
  executor: Executor,
  name: SealedTableName,
  column: string,
  row: string,
): Promise<Buffer | null> {
  const { table, row: rowColumn, rowType, columns }: SealedTable = sealedTables[name];
  const known = columns.find((one) => one.column === column);
  if (!known) throw new Error(`${table} has no sealed column ${column}`);
  const keyColumn = `t.${known.keyColumn}`;
  const result = await sql<Sealed>`
    select ${sql.ref(`t.${column}`)} as bytes, ${sql.ref(keyColumn)} as key_id, ${storedKey(keyColumn)} as key
    from ${sql.table(table)} t where ${sql.ref(`t.${rowColumn}`)} = ${row}::${sql.raw(rowType)}`.execute(
    executor,
  );
  const [stored] = result.rows;
  return stored ? vaultOf(executor).open({ table, column: boundColumn(column), row }, stored) : null;
}
