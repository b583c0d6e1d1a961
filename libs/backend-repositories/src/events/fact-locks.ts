import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

/** What facts are about; the facts of one are told in order. */
export interface Aggregate {
  readonly aggregateType: string;
  readonly aggregateId: string;
}

/** An aggregate whose facts this transaction may tell, up to the first that somebody else holds. */
export interface ClaimedAggregate extends Aggregate {
  /** Position of the first fact that must wait for another one; null: all may be told. */
  readonly untilPosition: number | null;
}

export interface Claim {
  readonly aggregates: readonly ClaimedAggregate[];
  /** Handlers that nobody makes begin anew at this moment. */
  readonly handlers: readonly string[];
}

const aggregateKey = (alias: string) =>
  sql.raw(`hashtextextended('events:' || ${alias}.aggregate_type || ':' || ${alias}.aggregate_id, 0)`);
const handlerKey = sql`hashtextextended('handler:' || handler.name, 0)`;

/**
 * Takes what is needed to tell a batch that this transaction has taken from the outbox: each aggregate, and a share of each
 * handler. Never waits, so two relays cannot stop each other. An aggregate is not asked for while a fact before ours is
 * untold and held elsewhere; so of two relays only the one with the first fact asks. That look may come before the lock:
 * an earlier fact neither appears (versions are committed in order) nor becomes untold again.
 */
export async function claimForTelling(
  executor: Executor,
  facts: readonly (Aggregate & { readonly position: number })[],
  types: readonly string[],
  handlers: readonly string[],
): Promise<Claim> {
  const positions = facts.map(({ position }) => position);
  const result = await sql<{ handler: string | null } & ClaimedAggregate>`
    with batch as materialized (
      select aggregate_type, aggregate_id, min(position) as first from unnest(${positions}::bigint[],
        ${facts.map(({ aggregateType }) => aggregateType)}::text[], ${facts.map(({ aggregateId }) => aggregateId)}::text[])
        as given (position, aggregate_type, aggregate_id) group by 1, 2
    ), elsewhere as materialized (
      select e.position, e.aggregate_type, e.aggregate_id
      from outbox o join events e on e.position = any(array[o.position])
      where o.position < ${Math.max(...positions)} and o.position not in (select unnest(${positions}::bigint[]))
        and e.type || '' = any(${[...types]}::text[])
    ), open as materialized (
      select b.aggregate_type, b.aggregate_id, (select min(h.position) from elsewhere h
          where h.aggregate_type = b.aggregate_type and h.aggregate_id = b.aggregate_id) as until_position, b.first
      from batch b
    ), ours as materialized (
      select * from open where until_position is null or until_position > first
    )
    select null as handler, ours.aggregate_type, ours.aggregate_id, ours.until_position from ours
    where pg_try_advisory_xact_lock(${aggregateKey('ours')})
    union all
    select handler.name, '', '', null from unnest(${[...handlers]}::text[]) as handler (name)
    where pg_try_advisory_xact_lock_shared(${handlerKey})`.execute(executor);
  return {
    aggregates: result.rows.filter(({ handler }) => handler === null),
    handlers: result.rows.flatMap(({ handler }) => handler ?? []),
  };
}

/** Whether this transaction may tell one handler of one aggregate. Does not wait. */
export async function tryToClaim(
  executor: Executor,
  aggregate: Aggregate,
  handler: string,
): Promise<boolean> {
  const { aggregateType, aggregateId } = aggregate;
  const result = await sql<{ claimed: boolean }>`
    select pg_try_advisory_xact_lock(${aggregateKey('it')}) and pg_try_advisory_xact_lock_shared(${handlerKey}) as claimed
    from (select ${aggregateType}::text as aggregate_type, ${aggregateId}::text as aggregate_id) it,
      (select ${handler}::text as name) handler`.execute(executor);
  return result.rows[0]?.claimed ?? false;
}

/** Waits until nobody else tells facts of these aggregates. In one order for all who wait, so none waits in a circle. */
export async function waitForAggregates(executor: Executor, aggregates: readonly Aggregate[]): Promise<void> {
  await sql`
    select pg_advisory_xact_lock(key) from (
      select distinct ${aggregateKey('it')} as key from unnest(${aggregates.map(({ aggregateType }) => aggregateType)}::text[],
        ${aggregates.map(({ aggregateId }) => aggregateId)}::text[]) as it (aggregate_type, aggregate_id)
      order by key offset 0) keys`.execute(executor);
}

/** Waits until nobody tells this handler anything; until the transaction ends, nobody does. Take it before aggregates. */
export async function stopTelling(executor: Executor, handler: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(${handlerKey}) from (select ${handler}::text as name) handler`.execute(
    executor,
  );
}
