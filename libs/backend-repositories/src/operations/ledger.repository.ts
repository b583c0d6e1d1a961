import { Injectable } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';
import type { Executor } from '../db/database.js';

export interface LedgerSums {
  readonly rows: number;
  readonly repeats: number;
  readonly fulfilled: number;
  readonly changed: number;
  readonly skipped: number;
  readonly rejected: number;
  readonly failed: number;
  readonly uncertain: number;
  readonly open: number;
  readonly oldestOpenSeconds: number | null;
  readonly uncertainOrders: readonly string[] | null;
}

export interface LedgerViolation {
  readonly orderId: string;
  readonly problem: string;
}

interface Period {
  readonly from: Date | null;
  readonly to: Date | null;
}

/** Said only where there is an end: a condition that may be none would keep the index from being used. */
const within = ({ from, to }: Period) => sql`
  ${from === null ? sql`` : sql`and d.received_at >= ${from}::timestamptz`}
  ${to === null ? sql`` : sql`and d.received_at < ${to}::timestamptz`}`;

/**
 * Orders of which something is unknown, refused or still to be done: few, so they are looked up and not the many that are
 * done. Of an order its newest contact and its messages count, of a message that was sent again its newest. States are
 * written as the indexes on them know them.
 */
const unsettled = sql`
  select e.order_id, bool_or(e.state = 'uncertain') as uncertain, bool_or(e.state = 'failed') as failed
  from (
    select * from effects where state in ('failed', 'uncertain')
    union all select * from effects where state || '' = 'planned'
    union all select * from effects where state || '' = 'claimed'
  ) as e
  where case e.kind
    when 'message' then not exists (select from effects again where again.resend_of = e.id)
    else not exists (select from effects newer where newer.order_id = e.order_id and newer.kind = 'contact'
      and newer.planned_at > e.planned_at) end
  group by e.order_id`;

/** Orders of which nothing is planned although they were accepted. All of them are found by two indexes side by side. */
const effectless = (period: Period) => sql`
  select d.order_id from deliveries d
  where d.kind = 'order' and d.outcome = 'accepted' ${within(period)}
    and not exists (select from effects e where e.order_id = d.order_id)`;

/** Accepted deliveries that were interpreted and are not fulfilled, each with where it stands; the worst decides. */
const unfulfilled = (period: Period) => sql`
  select d.order_id, d.received_at,
    case when o.uncertain then 'uncertain' when o.failed then 'failed' else 'open' end as state
  from (
    select order_id, uncertain, failed from unsettled
    union all select order_id, false, false from effectless
  ) as o cross join lateral (
    select d.order_id, d.received_at from deliveries d where d.order_id = o.order_id and d.kind = 'order'
      and d.outcome = 'accepted' and d.state not in ('open', 'failed') ${within(period)}
    limit 1
  ) as d`;

@Injectable()
export class LedgerRepository {
  /**
   * Counts of deliveries by their one terminal state, computed from the rows. An accepted delivery stands where its order's
   * newest contact and its messages stand: fulfilled, unless it is found among the few of which that is not so.
   */
  async sums(executor: Executor, period: Period): Promise<LedgerSums> {
    const result = await sql<LedgerSums>`
      with unsettled as materialized (${unsettled}), effectless as materialized (${effectless(period)}),
        unfulfilled as materialized (${unfulfilled(period)}),
      counted as (
        select count(*) as rows, coalesce(sum(d.repeats), 0)::int8 as repeats,
          count(*) filter (where d.outcome = 'accepted' and d.state not in ('open', 'failed')) as interpreted,
          count(*) filter (where d.outcome = 'changed' and d.state not in ('open', 'failed')) as changed,
          count(*) filter (where d.outcome = 'skipped') as skipped, count(*) filter (where d.outcome = 'rejected') as rejected,
          count(*) filter (where d.outcome in ('accepted', 'changed') and d.state = 'failed') as failed,
          count(*) filter (where d.outcome in ('accepted', 'changed') and d.state = 'open') as open,
          min(d.received_at) filter (where d.outcome in ('accepted', 'changed') and d.state = 'open') as open_since
        from deliveries d where d.kind = 'order' ${within(period)}
      ), less as (
        select count(*) as rows, count(*) filter (where state = 'failed') as failed,
          count(*) filter (where state = 'uncertain') as uncertain, count(*) filter (where state = 'open') as open,
          min(received_at) filter (where state = 'open') as open_since,
          array_agg(order_id order by order_id) filter (where state = 'uncertain') as uncertain_orders
        from unfulfilled
      )
      select counted.rows, repeats, interpreted - less.rows as fulfilled, changed, skipped, rejected,
        counted.failed + less.failed as failed, uncertain, counted.open + less.open as open,
        extract(epoch from now() - least(counted.open_since, less.open_since))::float8 as oldest_open_seconds,
        uncertain_orders
      from counted, less`.execute(executor);
    const [sums] = result.rows;
    if (!sums) throw new Error('An aggregate without grouping returns one row');
    return sums;
  }

  /**
   * Orders with a missing, doubled or misplaced effect, each with the gravest: an applied delivery without its order, an
   * order without the effects that every order has; a confirmation besides the first that is no link of its chain of
   * resends, a resend that no operator asked for, a contact besides those of the order's contents and of operators; an
   * effect on a branch that owes none (unless an operator named the phone), a confirmation before its contact. What the
   * vendor did twice with one effect is for the vendor's records to show.
   */
  async violations(executor: Executor, period: Period, limit: number): Promise<LedgerViolation[]> {
    const result = await sql<LedgerViolation>`
      with scope as materialized (
        select d.order_id from deliveries d
        where d.kind = 'order' and d.outcome = 'accepted' and d.state = 'applied' ${within(period)}
      ), judged as (
        select scope.order_id, case when o.order_id is null then 'order row missing'
          when e.contacts = 0 then 'contact effect missing'
          when e.confirmations = 0 then 'confirmation missing'
          when e.chains > 1 then 'confirmation doubled'
          when e.unasked then 'sent again though no operator asked for it'
          when e.odd_contact then 'contact doubled'
          when e.foreign_effect and o.branch <> 'il' and o.content_version = 1 then 'effect on a branch that owes none'
          when e.told and not e.synced then 'told before the contact was synced' end as problem
        from scope left join orders o on o.order_id = scope.order_id
        cross join lateral (${effectsOf(sql`scope.order_id`, sql`o.content_version`)}) as e
      )
      select order_id, problem from judged where problem is not null order by order_id limit ${limit}`.execute(
      executor,
    );
    return result.rows;
  }
}

/** What is odd about an order's effects, in one pass over them. Keys: libs/backend-orders/src/effects.ts. */
const effectsOf = (orderId: RawBuilder<unknown>, contentVersion: RawBuilder<unknown>) => sql`
  select count(*) filter (where x.kind = 'contact') as contacts,
    count(*) filter (where x.semantic_key = 'message:order_confirmation:' || x.order_id) as confirmations,
    count(*) filter (where x.purpose = 'confirmation'
      and not exists (select from effects again where again.resend_of = x.id)) as chains,
    coalesce(bool_or(x.resend_of is not null and x.state <> 'skipped' and not exists (select from events w
      where w.aggregate_type = 'order' and w.aggregate_id = x.order_id and w.type = 'operator.resent'
        and w.payload @> jsonb_build_object('messageEffectIds', jsonb_build_array(x.id)))), false) as unasked,
    coalesce(bool_or(x.kind = 'contact' and not (case
      when x.semantic_key ~ ':(again|resync):[^:]+$' then true
      when x.semantic_key ~ ':[0-9]{1,9}$' then x.semantic_key = 'contact:' || x.order_id || ':'
        || substring(x.semantic_key from '[0-9]+$')
        and substring(x.semantic_key from '[0-9]+$')::int between 1 and ${contentVersion}
      else false end)), false) as odd_contact,
    coalesce(bool_or(x.state = 'accepted' and x.awaits_contact), false) as foreign_effect,
    coalesce(bool_or(x.kind = 'message' and x.awaits_contact and x.state = 'accepted'), false) as told,
    coalesce(bool_or(x.kind = 'contact' and x.accepted_at is not null), false) as synced
  from effects x where x.order_id = ${orderId}`;
