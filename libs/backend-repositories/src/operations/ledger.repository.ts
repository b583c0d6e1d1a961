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

/** Orders of which nothing is planned although their delivery was interpreted. */
const effectless = (period: Period) => sql`
  select d.order_id from deliveries d
  where d.kind = 'order' and d.outcome = 'accepted' and d.state = 'applied' ${within(period)}
    and not exists (select from effects e where e.order_id = d.order_id)`;

/**
 * The one terminal state of each order delivery, derived from rows. An accepted delivery stands where the order's
 * newest contact and its messages stand; the worst of them decides.
 */
const delivered = ({ from, to }: Period) => sql`
  select d.order_id, d.received_at, d.repeats,
    case
      when d.outcome in ('skipped', 'rejected') then d.outcome
      when d.state = 'failed' then 'failed'
      when d.state = 'open' then 'open'
      when d.outcome = 'changed' then 'changed'
      when u.uncertain then 'uncertain'
      when u.failed then 'failed'
      when u.order_id is not null or w.order_id is not null then 'open'
      else 'fulfilled'
    end as state
  from deliveries d
  left join unsettled u on u.order_id = d.order_id and d.outcome = 'accepted'
  left join effectless w on w.order_id = d.order_id and d.outcome = 'accepted'
  where d.kind = 'order' ${within({ from, to })}`;

@Injectable()
export class LedgerRepository {
  /** Counts of deliveries by terminal state, computed from the rows. */
  async sums(executor: Executor, period: Period): Promise<LedgerSums> {
    const result = await sql<LedgerSums>`
      with unsettled as materialized (${unsettled}), effectless as materialized (${effectless(period)}),
        delivered as (${delivered(period)})
      select count(*) as rows, coalesce(sum(repeats), 0)::int8 as repeats,
        count(*) filter (where state = 'fulfilled') as fulfilled, count(*) filter (where state = 'changed') as changed,
        count(*) filter (where state = 'skipped') as skipped, count(*) filter (where state = 'rejected') as rejected,
        count(*) filter (where state = 'failed') as failed, count(*) filter (where state = 'uncertain') as uncertain,
        count(*) filter (where state = 'open') as open,
        extract(epoch from now() - min(received_at) filter (where state = 'open'))::float8 as oldest_open_seconds,
        array_agg(order_id order by order_id) filter (where state = 'uncertain') as uncertain_orders
      from delivered`.execute(executor);
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
