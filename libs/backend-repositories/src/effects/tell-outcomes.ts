import { type RawBuilder, sql } from 'kysely';

/**
 * The parts of a statement that tell the orders how steps of theirs ended, one fact each (`contact.failed`,
 * `message.skipped`, ...). `outcomes` names the part that holds their id, order_id, kind, state, reason and
 * correlation_id; it has locked the effects, and the orders follow. A list of one: see ADR 10.
 */
export function tellOutcomes(outcomes: string): RawBuilder<unknown> {
  const source = sql.table(outcomes);
  return sql`told_orders as (
    update orders o set event_version = event_version + counted.facts, updated_at = now()
    from (select order_id, count(*)::int as facts from ${source} group by order_id) as counted
    where o.order_id = any(array[counted.order_id])
    returning o.order_id, o.event_version - counted.facts as before
  ), told as (
    insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
    select gen_random_uuid(), x.kind || '.' || x.state, 'order', x.order_id,
      t.before + row_number() over (partition by x.order_id order by x.kind, x.id), 'worker', x.correlation_id,
      jsonb_build_object(x.kind || 'EffectId', x.id, 'reason', x.reason)
    from ${source} x join told_orders t on t.order_id = x.order_id
  )`;
}
