import { Injectable } from '@nestjs/common';
import { type Selectable, sql } from 'kysely';
import { BaseRepository } from '../db/base.repository.js';
import type { Executor } from '../db/database.js';
import type { OrderDetails, Orders } from '../db/schema.gen.js';
import type { NewEffect } from '../effects/index.js';
import { appendEvent, type NewEvent } from '../events/index.js';
import { replaceApplicants } from './applicants.js';
import type { DataKey } from '../privacy/data-key.js';
import { personOf } from '../privacy/person.js';
import { sealColumns } from '../privacy/sealed-row.js';
import { vaultOf } from '../privacy/vault.js';
import { openOrder, wholeOrder } from './find-order.js';
import { divided, type OrderContent, saidApart, saidInRow } from './order-content.js';
import { handWords } from './hand-words.js';
import {
  type FollowedConfirmation,
  type FollowedNotices,
  followConfirmation,
  followNotices,
} from './follow-order.js';

/** Whoever decides about an order sees all of it. */
export type OrderRow = Selectable<Orders> & Pick<Selectable<OrderDetails>, (typeof saidApart)[number]>;

/** Every column of its row. */
const columns = [
  ...saidInRow,
  'orderId',
  'deliveryId',
  'deliveryPosition',
  'appliedPosition',
  'contentVersion',
  'eventVersion',
  'firstReceivedAt',
  'review',
  'importedAt',
  'cbbSynced',
  'whatsappConfirmationSent',
  'processedAt',
  'incomplete',
  'overdueAt',
  'createdAt',
  'updatedAt',
] as const satisfies readonly (keyof Orders)[];

/** What is known of an order, as a delivery would say it. */
export function contentOf(order: OrderRow): OrderContent {
  return Object.fromEntries(
    [...saidInRow, ...saidApart].map((name) => [name, order[name]]),
  ) as unknown as OrderContent;
}

@Injectable()
export class OrdersRepository extends BaseRepository<'orders', (typeof columns)[number]> {
  constructor() {
    super('orders', 'orderId', columns);
  }

  /**
   * The order, locked until the transaction ends. Its effects are locked first: everything that records an outcome
   * takes them in this order, so that nobody waits in a circle.
   */
  async lock(executor: Executor, orderId: string): Promise<OrderRow | undefined> {
    await sql`select id from effects where order_id = ${orderId} order by id for update`.execute(executor);
    // Both rows: of one that is not locked, a statement that waited would see what stood there before.
    return openOrder(executor, await wholeOrder(executor, orderId).forUpdate().executeTakeFirst());
  }

  /**
   * Replaces what is known of an order by the content of a later delivery, plans the effects that follow from it and
   * lets its unclaimed messages follow. The caller holds the row's lock.
   */
  async applyChange(
    executor: Executor,
    change: {
      orderId: string;
      content: OrderContent;
      appliedPosition: number;
      contact: NewEffect | undefined;
      confirmation: FollowedConfirmation | undefined;
      notices: FollowedNotices | undefined;
      /** Undefined when they are the same as before. */
      applicantIds: readonly string[] | undefined;
      /** Names of changed fields that a person has to look at. */
      review: readonly string[];
      event: NewEvent;
    },
  ): Promise<void> {
    const { orderId, confirmation, notices, contact, applicantIds } = change;
    const { row, apart } = divided(change.content);
    const key = await vaultOf(executor).keyOf(executor, personOf({ orderId, ...row }));
    await executor
      .updateTable('orders')
      .set({ ...row, appliedPosition: change.appliedPosition, updatedAt: sql<Date>`now()` })
      .set({ contentVersion: sql`content_version + 1`, eventVersion: change.event.aggregateVersion })
      .set(contact?.state === 'planned' ? { cbbSynced: false } : {})
      .set({ review: sql`array(select distinct unnest(review || ${[...change.review]}::text[]) order by 1)` })
      .where('orderId', '=', orderId)
      .returning('orderId')
      .executeTakeFirstOrThrow();
    if (apart.applicants !== undefined || apart.details !== undefined)
      await rewriteDetails(executor, orderId, key, apart);
    if (contact) await executor.insertInto('effects').values(contact).execute();
    if (confirmation) await followConfirmation(executor, orderId, key, confirmation);
    if (notices) await followNotices(executor, orderId, notices);
    await handWords(executor, orderId, key);
    if (applicantIds) await replaceApplicants(executor, orderId, applicantIds);
    await executor.insertInto('events').values(appendEvent(change.event)).execute();
  }

  /** Names of fields that operators corrected since the newest delivery that made or changed the order. */
  async correctedFields(executor: Executor, orderId: string): Promise<string[]> {
    const result = await sql<{ field: string }>`
      with told as (
        select aggregate_version as version, payload, actor like 'source:%' as by_delivery from events
        where aggregate_id = ${orderId} and aggregate_type = 'order' and type in ('order.created', 'order.changed')
      )
      select distinct field from told, jsonb_array_elements_text(payload -> 'fields') as field
      where not by_delivery and payload -> 'deliveryId' = 'null'
        and version > coalesce((select max(version) from told where by_delivery), 0)
      order by field`.execute(executor);
    return result.rows.map(({ field }) => field);
  }
}

/** What is not said stays as it is. */
async function rewriteDetails(
  executor: Executor,
  orderId: string,
  key: DataKey,
  said: Pick<OrderContent, (typeof saidApart)[number]>,
): Promise<void> {
  await executor
    .updateTable('orderDetails')
    .set(sealColumns(key, 'order_details', orderId, said))
    .where('orderId', '=', orderId)
    .returning('orderId')
    .executeTakeFirstOrThrow();
}
