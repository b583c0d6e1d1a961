import { type Insertable, sql } from 'kysely';
import type { Executor } from '../db/database.js';
import type { Messages, Orders } from '../db/schema.gen.js';
import type { NewEffect } from '../effects/index.js';
import { applicantRows } from './applicants.js';
import { appendEvent, type NewEvent } from '../events/index.js';

/** Everything that begins with an order: its row, the effects it owes, the text of its confirmation, the fact. */
export interface NewOrder {
  readonly order: Insertable<Orders>;
  readonly effects: readonly NewEffect[];
  readonly message: Insertable<Messages>;
  /** The shop's ids of the applicants, in their order. */
  readonly applicantIds: readonly string[];
  readonly event: NewEvent;
  readonly deliveryIds: readonly string[];
}

/** Writes a new order with all that depends on it in one statement. @throws on an order id that exists already */
export async function createOrder(executor: Executor, created: NewOrder): Promise<void> {
  await executor
    .with('created', (db) => db.insertInto('orders').values(created.order).returning('orderId'))
    .with('planned', (db) => db.insertInto('effects').values(created.effects.map(withDatabaseTime)))
    .with('worded', (db) => db.insertInto('messages').values(created.message))
    .with('people', (db) =>
      db
        .insertInto('orderApplicants')
        .columns(['orderId', 'ordinal', 'applicantId'])
        .expression(applicantRows(created.order.orderId, created.applicantIds)),
    )
    .with('told', (db) => db.insertInto('events').values(appendEvent(created.event)))
    .with('applied', (db) =>
      db
        .updateTable('deliveries')
        .set({ state: 'applied', appliedAt: sql<Date>`clock_timestamp()` })
        .where(sql<boolean>`id = any(${[...created.deliveryIds]}::uuid[])`),
    )
    .selectFrom('created')
    .select('orderId')
    .executeTakeFirstOrThrow();
}

/** Times of the story come from one clock, the database's. */
function withDatabaseTime(effect: NewEffect) {
  return { ...effect, skippedAt: effect.state === 'skipped' ? sql<Date>`clock_timestamp()` : null };
}
