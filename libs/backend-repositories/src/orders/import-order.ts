import { type Insertable, sql } from 'kysely';
import type { Executor } from '../db/database.js';
import type { Effects, Messages, Orders } from '../db/schema.gen.js';
import type { NewEffect } from '../effects/index.js';
import { appendEvent, type NewEvent } from '../events/index.js';
import { seal } from '../privacy/data-key.js';
import { personOf } from '../privacy/person.js';
import { sealColumns } from '../privacy/sealed-row.js';
import { sealWords } from '../privacy/seal-words.js';
import { vaultOf } from '../privacy/vault.js';
import { applicantRows } from './applicants.js';
import { divided, type OrderContent } from './order-content.js';

/** An effect that may have been done before the order came to us. */
export type ImportedEffect = NewEffect &
  Pick<Insertable<Effects>, 'plannedAt' | 'claimedAt' | 'acceptedAt'> & {
    readonly evidence?: Readonly<Record<string, boolean>>;
  };

export interface ImportedMessage {
  readonly effect: ImportedEffect;
  readonly message: Insertable<Messages>;
}

/** An order of the system used before, with what had been done for it. */
export interface ImportedOrder {
  readonly order: OrderContent &
    Omit<Insertable<Orders>, 'deliveryPosition' | 'appliedPosition' | 'importedAt'>;
  readonly contact: ImportedEffect;
  readonly messages: readonly ImportedMessage[];
  readonly applicantIds: readonly string[];
  readonly events: readonly NewEvent[];
}

export interface ImportedDelivery {
  readonly id: string;
  readonly orderId: string;
  readonly bodyHash: Buffer;
  readonly body: Buffer;
  readonly correlationId: string;
  readonly receivedAt: Date;
}

/** Whether any delivery or order of that id is here. */
export async function isOrderIdKnown(executor: Executor, orderId: string): Promise<boolean> {
  const result = await sql<{ known: boolean }>`
    select exists (select from deliveries where order_id = ${orderId} and kind = 'order')
      or exists (select from orders where order_id = ${orderId}) as known`.execute(executor);
  return result.rows[0]?.known === true;
}

/**
 * Stores the delivery of an imported order as applied. The database draws its position, so the order of imports decides
 * which order of a phone is newest.
 * @returns the position; undefined when the order, or this very body, came in at this moment
 */
export async function storeImportedDelivery(
  executor: Executor,
  { body, ...delivery }: ImportedDelivery,
): Promise<number | undefined> {
  const key = await vaultOf(executor).deliveryKey();
  const place = { table: 'delivery_bodies', column: 'body', row: delivery.id };
  const stored = await executor
    .with('stored', (db) =>
      db
        .insertInto('deliveries')
        .values({
          ...delivery,
          kind: 'order',
          source: 'import',
          outcome: 'accepted',
          state: 'applied',
          appliedAt: sql<Date>`clock_timestamp()`,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning(['id', 'position']),
    )
    .with('kept', (db) =>
      db
        .insertInto('deliveryBodies')
        .columns(['deliveryId', 'body', 'keyId', 'headers'])
        .expression(
          db
            .selectFrom('stored')
            .select([
              'id',
              sql<Buffer>`${seal(key, place, body)}::bytea`.as('body'),
              sql<string>`${key.id}::text`.as('keyId'),
              sql<string>`'{}'`.as('headers'),
            ]),
        ),
    )
    .selectFrom('stored')
    .select('position')
    .executeTakeFirst();
  return stored?.position;
}

/** Writes an imported order with all that belongs to it in one statement. */
export async function importOrder(
  executor: Executor,
  imported: ImportedOrder,
  position: number,
): Promise<void> {
  const { order, contact, messages, events } = imported;
  const { row: said, apart } = divided(order);
  const key = await vaultOf(executor).keyOf(executor, personOf(order));
  const row = { ...said, deliveryPosition: position, appliedPosition: position };
  const effects = [contact, ...messages.map(({ effect }) => effect)];
  await executor
    .with('created', (db) =>
      db
        .insertInto('orders')
        .values({ ...row, importedAt: sql<Date>`clock_timestamp()` })
        .returning('orderId'),
    )
    .with('detailed', (db) =>
      db
        .insertInto('orderDetails')
        .values({ orderId: order.orderId, ...sealColumns(key, 'order_details', order.orderId, apart) }),
    )
    .with('planned', (db) => db.insertInto('effects').values(effects.map(effectRow)))
    .with('worded', (db) =>
      db.insertInto('messages').values(messages.map(({ message }) => sealWords(key, message))),
    )
    .with('people', (db) =>
      db
        .insertInto('orderApplicants')
        .columns(['orderId', 'ordinal', 'applicantId'])
        .expression(applicantRows(order.orderId, imported.applicantIds)),
    )
    .with('told', (db) => db.insertInto('events').values(events.map(appendEvent)))
    .selectFrom('created')
    .select('orderId')
    .executeTakeFirstOrThrow();
}

function effectRow({ evidence = {}, ...effect }: ImportedEffect) {
  const skippedAt = effect.state === 'skipped' ? sql<Date>`clock_timestamp()` : null;
  return { ...effect, evidence: JSON.stringify(evidence), skippedAt };
}
