import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

/** What is here of an order that somebody named. */
export interface NamedOrder {
  readonly orderId: string;
  /** When the delivery came that makes the order, and what became of it; null = none did. */
  readonly receivedAt: Date | null;
  readonly deliveryState: string | null;
  /** A delivery of a test order came. */
  readonly isTestHere: boolean;
  /** The newest delivery that names it and was refused; looked for where no other came. */
  readonly rejectedDeliveryId: string | null;
  /** Of its confirmation: accepted when any of the chain of resends is, else where the newest stands; null = none. */
  readonly confirmation: string | null;
  readonly reason: string | null;
}

/** An order as it first came. */
export interface ReceivedOrder {
  readonly orderId: string;
  readonly isTest: boolean;
  readonly receivedAt: Date;
  /** Where the next page begins. */
  readonly at: ReceivedPlace;
}

/** A time as exact as the database knows it, and what tells orders of one time apart. */
export interface ReceivedPlace {
  readonly receivedAt: string;
  readonly position: number;
}

interface Period {
  readonly from: Date | null;
  readonly to: Date | null;
}

/** Compares somebody's list of orders with what came. */
@Injectable()
export class ReconciliationRepository {
  /** @param orderIds each once; one row each comes back */
  async named(executor: Executor, orderIds: readonly string[]): Promise<NamedOrder[]> {
    const result = await sql<NamedOrder>`
      select n.order_id, d.received_at, d.state as delivery_state, r.id as rejected_delivery_id,
        exists (select from deliveries t where d.id is null and t.order_id = n.order_id and t.kind = 'order'
          and t.outcome = 'skipped') as is_test_here,
        c.state as confirmation, c.reason
      from unnest(${[...orderIds]}::text[]) as n(order_id)
      left join deliveries d on d.order_id = n.order_id and d.kind = 'order' and d.outcome = 'accepted'
      left join lateral (select x.id from deliveries x where d.id is null and x.order_id = n.order_id and x.kind = 'order'
        and x.outcome = 'rejected' order by x.position desc limit 1) as r on true
      left join lateral (select e.state, e.reason from effects e
        where e.order_id = n.order_id and e.purpose = 'confirmation'
        order by e.state = 'accepted' desc, e.planned_at desc, e.id desc limit 1) as c on true`.execute(
      executor,
    );
    return result.rows;
  }

  /** Orders by when they first came, test orders once for each of their deliveries; a page after a place. */
  async received(
    executor: Executor,
    { from, to }: Period,
    after: ReceivedPlace | undefined,
    limit: number,
  ): Promise<ReceivedOrder[]> {
    // Said only where there is an end: a condition that may be none would keep the index from being used.
    const result = await sql<Omit<ReceivedOrder, 'at'> & { exact: string; position: number }>`
      select d.order_id, d.outcome = 'skipped' as is_test, d.received_at, d.received_at::text as exact, d.position
      from deliveries d
      where d.kind = 'order' and d.outcome in ('accepted', 'skipped')
        ${from === null ? sql`` : sql`and d.received_at >= ${from}::timestamptz`}
        ${to === null ? sql`` : sql`and d.received_at < ${to}::timestamptz`}
        ${after === undefined ? sql`` : sql`and (d.received_at, d.position) > (${after.receivedAt}::timestamptz, ${after.position}::int8)`}
      order by d.received_at, d.position limit ${limit}`.execute(executor);
    return result.rows.map(({ exact, position, ...order }) => ({
      ...order,
      at: { receivedAt: exact, position },
    }));
  }
}
