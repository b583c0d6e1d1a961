import { Injectable } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { type DataKey, seal } from './data-key.js';
import { applicantAsPerson, personOf, recordAsPerson } from './person.js';
import { boundColumn, type SealedTable, type SealedTableName, sealedTables } from './sealed-tables.js';
import { vaultOf } from './vault.js';

/** A row with a column of before, as far as it matters whose it is. */
interface PlainRow extends Readonly<Record<`bytes${number}`, Buffer | null>> {
  readonly row: string;
  readonly person: string | null;
  readonly orderId: string | null;
  readonly clientPhone: string | null;
  readonly clientEmail: string | null;
}

export interface SealedRows {
  readonly sealed: number;
  /** The last row that was found; null = none was left. */
  readonly reached: string | null;
}

/** Where the person of a row is written. */
const owners: Readonly<Record<SealedTableName, RawBuilder<unknown>>> = {
  orderDetails: sql`null as person, o.order_id, o.client_phone, o.client_email`,
  messages: sql`null as person, o.order_id, o.client_phone, o.client_email`,
  applicantIssues: sql`t.applicant_id as person, null as order_id, null as client_phone, null as client_email`,
  visaRecords: sql`t.record_id as person, null as order_id, null as client_phone, null as client_email`,
  deliveryBodies: sql`null as person, null as order_id, null as client_phone, null as client_email`,
};

/** Rows of before columns were sealed. */
@Injectable()
export class SealingRepository {
  /**
   * Seals some rows that are still plain, in the order of what names them. What somebody holds is left for another time.
   * Within a transaction, so that its keys are held.
   * @param since where the call before this one came to
   */
  async sealSome(
    executor: Executor,
    name: SealedTableName,
    since: string | null,
    most: number,
  ): Promise<SealedRows> {
    const rows = await plainRows(executor, name, since, most);
    const keys = await keysOf(executor, name, rows);
    let sealed = 0;
    for (const [index, row] of rows.entries())
      sealed += await sealRow(executor, sealedTables[name], row, keys[index] as DataKey);
    return { sealed, reached: rows.at(-1)?.row ?? null };
  }

  /** How many rows are still plain. */
  async countPlain(executor: Executor, name: SealedTableName): Promise<number> {
    const { table, columns } = sealedTables[name];
    const result = await sql<{ total: number }>`
      select count(*) as total from ${sql.table(table)} t where ${isPlain(columns)}`.execute(executor);
    return result.rows[0]?.total ?? 0;
  }
}

async function plainRows(
  executor: Executor,
  name: SealedTableName,
  since: string | null,
  most: number,
): Promise<PlainRow[]> {
  const { table, row, rowType, columns }: SealedTable = sealedTables[name];
  const id = sql.ref(`t.${row}`);
  const ofOrder = name === 'orderDetails' || name === 'messages';
  const bytes = columns.map(
    ({ column, keyColumn }, index) =>
      sql`case when ${sql.ref(`t.${keyColumn}`)} is null then ${sql.ref(`t.${column}`)} end as ${sql.ref(`bytes${index}`)}`,
  );
  const result = await sql<PlainRow>`
    select ${id}::text as row, ${sql.join(bytes)}, ${owners[name]}
    from ${sql.table(table)} t ${ofOrder ? sql`join orders o on o.order_id = any(array[t.order_id])` : sql``}
    where ${isPlain(columns)} ${since === null ? sql`` : sql`and ${id} > ${since}::${sql.raw(rowType)}`}
    order by ${id} limit ${most} ${name === 'deliveryBodies' ? sql`` : sql`for update of t skip locked`}`.execute(
    executor,
  );
  return result.rows;
}

function isPlain(columns: SealedTable['columns']): RawBuilder<unknown> {
  const plain = columns.map(
    ({ column, keyColumn }) =>
      sql`(${sql.ref(`t.${column}`)} is not null and ${sql.ref(`t.${keyColumn}`)} is null)`,
  );
  return sql`(${sql.join(plain, sql` or `)})`;
}

async function keysOf(
  executor: Executor,
  name: SealedTableName,
  rows: readonly PlainRow[],
): Promise<DataKey[]> {
  const vault = vaultOf(executor);
  if (name !== 'deliveryBodies')
    return await vault.keysOf(
      executor,
      rows.map((row) => personOfRow(name, row)),
    );
  const key = await vault.deliveryKey();
  return rows.map(() => key);
}

function personOfRow(name: SealedTableName, { person, orderId, clientPhone, clientEmail }: PlainRow): string {
  if (name === 'applicantIssues') return applicantAsPerson(String(person));
  return name === 'visaRecords'
    ? recordAsPerson(String(person))
    : personOf({ orderId: String(orderId), clientPhone, clientEmail });
}

async function sealRow(
  executor: Executor,
  { table, row: rowColumn, rowType, columns }: SealedTable,
  row: PlainRow,
  key: DataKey,
): Promise<number> {
  const parts = columns.flatMap(({ column, keyColumn }, index) => {
    const bytes = row[`bytes${index}`];
    if (!bytes) return [];
    const sealed = seal(key, { table, column: boundColumn(column), row: row.row }, bytes);
    return [{ column, keyColumn, sealed }];
  });
  if (table === 'delivery_bodies') return await sealBody(executor, row.row, parts[0]?.sealed, key.id);
  const set = parts.map(
    ({ column, keyColumn, sealed }) => sql`${sql.ref(column)} = ${sealed}, ${sql.ref(keyColumn)} = ${key.id}`,
  );
  const done = await sql`update ${sql.table(table)} set ${sql.join(set)}
    where ${sql.ref(rowColumn)} = ${row.row}::${sql.raw(rowType)}`.execute(executor);
  return Number(done.numAffectedRows ?? 0n);
}

async function sealBody(
  executor: Executor,
  delivery: string,
  sealed: Buffer | undefined,
  keyId: string,
): Promise<number> {
  if (!sealed) return 0;
  const result = await sql<{ done: boolean }>`
    select seal_delivery_body(${delivery}::uuid, ${sealed}, ${keyId}) as done`.execute(executor);
  return result.rows[0]?.done === true ? 1 : 0;
}
