import { Injectable } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { type FollowedFacts, untoldAggregates } from '../events/untold-facts.js';
import {
  areBoundaries,
  type Cover,
  countedHours,
  coverOf,
  type Interval,
  pricedHours,
  wholeSpansOf,
} from './order-spans.js';

/** How many orders of a period are alike in one respect, and what they are worth. */
export interface CountedOrders {
  readonly respect: 'currency' | 'branch' | 'status' | 'country' | 'product' | 'step';
  /** What they have in common; null = not known. For a step its number, the first being 1. */
  readonly value: string | null;
  /** Of steps and currencies; null = not known. */
  readonly currency: string | null;
  readonly orders: number;
  /** Of steps and currencies: exact sum as decimal text; null when no order of them has an amount. */
  readonly revenue: string | null;
  /** Sum by the number of orders with an amount, rounded to two places. */
  readonly average: string | null;
}

/** A period as it is counted. */
export interface CountedPeriod {
  /** Beginnings of the steps, in order; the first begins the period, the others are full hours. */
  readonly starts: readonly [Date, ...Date[]];
  /** Null = until now, however clocks differ. */
  readonly to: Date | null;
}

/** What is added up: sums of spans, and single orders with 1, or -1 where a sum holds what is not so any more. */
interface Parts {
  readonly single: RawBuilder<unknown>;
  readonly counts: Cover;
  readonly revenues: Cover;
}

const nothing: Cover = { spans: [], open: null };
const [shortest] = countedHours;
const day = 24;

@Injectable()
export class OrderStatsRepository {
  /**
   * From the sums: spans as long as the period allows, what was counted of each order for the hours at its ends. Orders of
   * which the sums may not know are taken out as they were counted and put in as they are. In one statement, so that sums
   * and orders are those of one moment.
   * @param followed the facts after which orders are counted
   */
  async sum(executor: Executor, period: CountedPeriod, followed: FollowedFacts): Promise<CountedOrders[]> {
    const asked = { from: period.starts[0], to: period.to };
    const whole = wholeSpansOf(asked, shortest);
    const untold = sql`order_id = any(array(select id from untold))`;
    const parts = [
      ...edgesOf(asked, whole).map((edge) => countedOf(1, within(edge))),
      countedOf(-1, sql`${untold} and ${within(asked)}`),
      ordersOf(sql`${untold} and ${within(asked)}`),
    ];
    const lengths = areBoundaries(period.starts.slice(1), day) ? pricedHours : pricedHours.slice(0, 1);
    return await addUp(executor, period, {
      single: sql`with untold (id) as materialized (${untoldAggregates(followed)}) ${sql.join(parts, sql` union all `)}`,
      counts: whole === null ? nothing : coverOf(whole, countedHours),
      revenues: whole === null ? nothing : coverOf(whole, lengths),
    });
  }

  /** From every order of the period, when there are no sums to rely on. */
  async count(executor: Executor, period: CountedPeriod): Promise<CountedOrders[]> {
    const single = ordersOf(within({ from: period.starts[0], to: period.to }));
    return await addUp(executor, period, { single, counts: nothing, revenues: nothing });
  }
}

async function addUp(
  executor: Executor,
  { starts }: CountedPeriod,
  { single, counts, revenues }: Parts,
): Promise<CountedOrders[]> {
  const result = await sql<CountedOrders>`
    with single as (${single})
    select respect, value, null as currency, sum(orders)::int8 as orders, null as revenue, null as average
    from (
      select respect, value, orders from (${covered(sql`order_counts`, counts)}) as summed
      union all
      select respect, value, sign from single cross join lateral (values ('branch', branch), ('status', status),
        ('country', country), ('product', product)) as marginal(respect, value)
    ) as counted
    group by respect, value having sum(orders) > 0
    union all
    select case when grouping(step) = 0 then 'step' else 'currency' end,
      case when grouping(step) = 0 then step::text else currency end, currency, sum(orders)::int8,
      (case when sum(priced) > 0 then sum(revenue) end)::text,
      (case when sum(priced) > 0 then round(sum(revenue) / sum(priced), 2) end)::text
    from (
      select width_bucket(at, ${[...starts]}::timestamptz[]) as step, currency, orders, priced, revenue
      from (
        select begins as at, currency, orders, priced, revenue from (${covered(sql`order_revenues`, revenues)}) as summed
        union all
        select created_at, currency, sign, case when amount is null then 0 else sign end, coalesce(sign * amount, 0)
        from single
      ) as dated
    ) as priced
    group by grouping sets ((currency), (step, currency)) having sum(orders) > 0`.execute(executor);
  return result.rows;
}

/** Rows of the spans; each of the listed ones is looked up. */
function covered(table: RawBuilder<unknown>, { spans, open }: Cover): RawBuilder<unknown> {
  const listed = sql`select summed.* from unnest(${spans.map(({ hours }) => hours)}::int2[],
    ${spans.map(({ begins }) => begins)}::timestamptz[]) as span(hours, begins) join ${table} as summed using (hours, begins)`;
  if (open === null) return listed;
  return sql`${listed} union all
    select * from ${table} where hours = ${open.hours}::int2 and begins >= ${open.begins}::timestamptz`;
}

function countedOf(sign: 1 | -1, condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select ${sql.lit(sign)} as sign, created_at, branch, status, country, product, currency, amount
    from counted_orders where ${condition}`;
}

function ordersOf(condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select 1 as sign, created_at, branch, order_status as status, product_country as country,
    product_name as product, currency, amount from orders where ${condition}`;
}

function within({ from, to }: Interval): RawBuilder<unknown> {
  const begun = sql`created_at >= ${from}::timestamptz`;
  return to === null ? begun : sql`${begun} and created_at < ${to}::timestamptz`;
}

/** What of a period lies before and after an interval of it. */
function edgesOf(period: Interval, whole: Interval | null): Interval[] {
  if (whole === null) return [period];
  const head = { from: period.from, to: whole.from };
  return whole.to === null ? [head] : [head, { from: whole.to, to: period.to }];
}
