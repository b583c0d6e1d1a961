import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

export interface OverdueOrder {
  readonly orderId: string;
  /** What is open: `contact`, or what the message is for. */
  readonly step: string;
  readonly correlationId: string;
}

export interface OverdueDelivery {
  readonly deliveryId: string;
  readonly orderId: string | null;
  readonly correlationId: string;
}

/** Steps that have been open since before a moment; a message counts from when its contact was synced. */
const lateSteps = (patienceSeconds: number) => {
  const moment = sql`clock_timestamp() - make_interval(secs => ${patienceSeconds})`;
  return sql`
    select e.order_id, e.purpose, e.kind, e.planned_at, e.correlation_id from (
      select * from effects where state || '' = 'planned'
      union all select * from effects where state || '' = 'claimed'
    ) as e
    where e.planned_at < ${moment} and (not e.awaits_contact or e.kind = 'contact' or not exists (select from effects c
      where c.order_id = e.order_id and c.kind = 'contact' and c.accepted_at >= ${moment}))`;
};

/** What is open for too long: each is told once, by whoever sees it first, until nothing of it is open any more. */
@Injectable()
export class OverdueRepository {
  /** Marks orders with a step that is late, and tells of each. What somebody else holds is left for the next look. */
  async announceOrders(executor: Executor, patienceSeconds: number, limit: number): Promise<OverdueOrder[]> {
    const result = await sql<OverdueOrder>`
      with late as (
        select distinct on (order_id) * from (${lateSteps(patienceSeconds)}) as steps
        order by order_id, kind, planned_at
      ), held as (
        select o.order_id, late.purpose, late.correlation_id from late join orders o on o.order_id = any(array[late.order_id])
        where o.overdue_at is null order by late.order_id limit ${limit} for update of o skip locked
      ), marked as (
        update orders o set overdue_at = clock_timestamp(), updated_at = now(), event_version = event_version + 1
        from held where o.order_id = any(array[held.order_id])
        returning o.order_id, o.event_version, held.purpose, held.correlation_id
      ), told as (
        insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
        select gen_random_uuid(), 'order.overdue', 'order', order_id, event_version, 'worker', correlation_id,
          jsonb_build_object('step', purpose)
        from marked
      )
      select order_id, purpose as step, correlation_id from marked order by order_id`.execute(executor);
    return result.rows;
  }

  /** The episode is over where nothing is open any more: the next one is told again. */
  async endEpisodes(executor: Executor, limit: number): Promise<void> {
    await sql`with over as (
      select o.order_id from orders o where o.overdue_at > '-infinity' and (select true from effects e
        where e.order_id = o.order_id and e.state in ('planned', 'claimed') limit 1) is null
      limit ${limit} for update of o skip locked)
      update orders o set overdue_at = null from over where o.order_id = any(array[over.order_id])`.execute(
      executor,
    );
  }

  /** Marks deliveries that nobody has interpreted, and tells of each. */
  async announceDeliveries(
    executor: Executor,
    patienceSeconds: number,
    limit: number,
  ): Promise<OverdueDelivery[]> {
    const result = await sql<OverdueDelivery>`
      with marked as (
        update deliveries set overdue_at = clock_timestamp() where id in (
          select id from deliveries where state || '' = 'open' and kind = 'order' and overdue_at is null
            and received_at < clock_timestamp() - make_interval(secs => ${patienceSeconds})
          order by received_at limit ${limit} for update skip locked)
        returning id, order_id, correlation_id
      ), told as (
        insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
        select gen_random_uuid(), 'delivery.overdue', 'delivery', m.id::text, coalesce((select max(e.aggregate_version)
          from events e where e.aggregate_type = 'delivery' and e.aggregate_id = m.id::text), 0) + 1, 'worker',
          m.correlation_id, '{}'
        from marked m
      )
      select id as delivery_id, order_id, correlation_id from marked order by order_id`.execute(executor);
    return result.rows;
  }
}
