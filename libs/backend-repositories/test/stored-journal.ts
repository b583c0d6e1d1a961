import { journalRows } from '@visapi/backend-testing';
import { sql } from 'kysely';
import type { Executor } from '../src/db/database.js';
import { readSealed } from '../src/privacy/index.js';

type StoredJournal = ReturnType<typeof read>;
type Row = Record<string, unknown>;

const timeColumns = /(_at|_until)$/;
/** Where the table's times may lie after a statement that says "now", or so many milliseconds later. */
const laterMs = [0, 15_000, 60_000];

/** The moments between which a statement ran, by the database's clock. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function toRow(record: object, extra: Row = {}): Row {
  const entries = Object.entries(record).map(([name, value]) => {
    const column = snake(name);
    if (typeof value === 'number' && timeColumns.test(column)) return [column, new Date(value).toISOString()];
    if (/parameters$/.test(column))
      return [column, value === null ? null : `\\x${Buffer.from(value).toString('hex')}`];
    return [column, value];
  });
  return { ...extra, ...Object.fromEntries(entries) };
}

const plainOrder = {
  delivery_id: '00000000-0000-4000-8000-000000000000',
  applied_position: 1,
  event_version: 0,
  whatsapp_alerts_enabled: true,
  is_urgent: false,
  warnings: [],
  review: [],
  created_at: new Date().toISOString(),
  updated_at: new Date().toISOString(),
};
const openDelivery = {
  ...{ kind: 'order', source: 'vizi', outcome: 'changed', state: 'open' },
  ...{ body_hash: '\\x00', correlation_id: 'conformance' },
};
/** Facts upon which somebody goes on; what else is told is proven elsewhere. */
const waking = ['contact.synced', 'message.planned'];
const plainEffect = { evidence: {}, correlation_id: 'conformance' };

/** Writes the rows of a journal. @returns the time at which the transaction began, which is what it calls now */
export async function plant(executor: Executor, journal: journalRows.Journal): Promise<number> {
  const ownerOf = new Map(journal.effects.map(({ id, orderId }) => [id, orderId]));
  const rows = {
    orders: journal.orders.map((order) => toRow(order, plainOrder)),
    effects: journal.effects.map((effect) => toRow(effect, plainEffect)),
    messages: journal.messages.map((message) =>
      toRow(message, { order_id: ownerOf.get(message.effectId), template: 'confirmation', language: 'he' }),
    ),
    receipts: journal.receipts.map((receipt) => toRow(receipt, { delivery_id: plainOrder.delivery_id })),
    contacts: journal.contacts.map((contact) =>
      toRow(contact, { updated_at: plainOrder.updated_at, created_at: plainOrder.created_at }),
    ),
    deliveries: journal.openDeliveries.map((orderId, index) => ({
      id: `00000000-0000-4000-8000-00000000d0${10 + index}`,
      position: index + 1,
      order_id: orderId,
      ...openDelivery,
    })),
  };
  // Columns that the model does not know keep their defaults.
  const into = (table: keyof typeof rows) => {
    const columns = sql.join(Object.keys(rows[table][0] ?? {}).map((name) => sql.ref(name)));
    const json = JSON.stringify(rows[table]);
    const given = sql`select ${columns} from jsonb_populate_recordset(null::${sql.table(table)}, ${json}::jsonb)`;
    return sql`insert into ${sql.table(table)} (${columns}) overriding system value ${given}`;
  };
  for (const table of ['orders', 'effects', 'messages', 'contacts', 'receipts', 'deliveries'] as const)
    if (rows[table].length > 0) await into(table).execute(executor);
  const result = await sql<{ now: Date }>`select now() as now`.execute(executor);
  return Number(result.rows[0]?.now.getTime());
}

export async function databaseTime(executor: Executor): Promise<number> {
  const result = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(executor);
  return Number(result.rows[0]?.now.getTime());
}

/** Everything the journal consists of, as it stands in the tables. */
export async function stored(executor: Executor): Promise<StoredJournal> {
  const list = (table: string) =>
    sql`coalesce((select jsonb_agg(to_jsonb(x)) from ${sql.table(table)} x), '[]')`;
  const result = await sql<{ rows: Record<string, Row[]>; now: Date }>`
    select jsonb_build_object('orders', ${list('orders')}, 'effects', ${list('effects')},
      'messages', ${list('messages')}, 'receipts', ${list('receipts')}, 'contacts', ${list('contacts')},
      'deliveries', ${list('deliveries')}, 'events', ${list('events')}) as rows`.execute(executor);
  const rows = result.rows[0]?.rows ?? {};
  for (const message of rows['messages'] ?? []) await openWords(executor, message);
  return read(rows);
}

/** Words that were written by the statement are sealed; those that were planted are not. */
async function openWords(executor: Executor, message: Row): Promise<void> {
  for (const column of ['parameters', 'next_parameters']) {
    if (message[`${column}_key_id`] === null) continue;
    const words = await readSealed(executor, 'messages', column, String(message['effect_id']));
    message[column] = words && `\\x${words.toString('hex')}`;
  }
}

function read(tables: Record<string, Row[]>) {
  const rows = (name: string) => tables[name] ?? [];
  return {
    orders: rows('orders').map(toRecord),
    effects: rows('effects').map(toRecord),
    messages: rows('messages').map(toRecord),
    receipts: rows('receipts').map(toRecord),
    contacts: rows('contacts').map(toRecord),
    openDeliveries: rows('deliveries').map((row) => row['order_id']),
    facts: rows('events')
      .filter(({ type }) => waking.includes(String(type)))
      .map((row) => ({
        orderId: row['aggregate_id'],
        type: row['type'],
        effectIds: idsIn(row['payload'] as Row),
      })),
  };
}

function idsIn(payload: Row): unknown[] {
  return ['messageEffectId', 'contactEffectId', 'messageEffectIds'].flatMap((name) => payload[name] ?? []);
}

function toRecord(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      if (value !== null && timeColumns.test(column)) return [camel(column), Date.parse(String(value))];
      if (value !== null && /parameters$/.test(column))
        return [camel(column), Buffer.from(String(value).slice(2), 'hex').toString()];
      return [camel(column), value];
    }),
  );
}

/** Times of the statement become the same words in both worlds; rows and ids stand in one order. */
export function comparable(
  journal: StoredJournal | journalRows.Journal,
  { from, to }: Span,
  fields: journalRows.Journal,
): object {
  const time = (value: unknown) => {
    if (typeof value !== 'number' || value < 1e12) return value;
    const later = laterMs.find((offset) => value >= from + offset && value <= to + offset);
    return later === undefined ? value : `now+${later}`;
  };
  const rows = (records: readonly object[], known: readonly object[], key: string) => {
    const names = Object.keys(known[0] ?? {});
    return records
      .map((record) => Object.fromEntries(names.map((name) => [name, time((record as Row)[name])])))
      .sort((left, right) => (String(left[key]) < String(right[key]) ? -1 : 1));
  };
  return {
    orders: rows(journal.orders, fields.orders, 'orderId'),
    effects: rows(journal.effects, fields.effects, 'semanticKey'),
    messages: rows(journal.messages, fields.messages, 'effectId'),
    // The table draws positions of its own.
    receipts: rows(journal.receipts, fields.receipts, 'position').map((receipt) =>
      Number(receipt['position']) < 1_000 ? { ...receipt, position: 'drawn' } : receipt,
    ),
    contacts: rows(
      journal.contacts,
      [{ phone: '', cbbContactId: '', version: '', confirmedFields: '' }],
      'phone',
    ),
    openDeliveries: journal.openDeliveries,
    facts: journal.facts
      .map((fact) => JSON.stringify([fact.orderId, fact.type, [...fact.effectIds].sort()]))
      .sort(),
  };
}
