import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

/** How many orders of a period are alike in one respect, and what they are worth. */
export interface CountedOrders {
  readonly respect: 'currency' | 'branch' | 'status' | 'country' | 'product' | 'step';
  /** What they have in common; null = not known. For a step its number, the first being 1. */
  readonly value: string | null;
  /** Of steps and currencies; null = not known. */
  readonly currency: string | null;
  readonly orders: number;
  /** Exact sum as decimal text; null when no order of them has an amount. */
  readonly revenue: string | null;
  /** Sum by the number of orders with an amount, rounded to two places. */
  readonly average: string | null;
}

/** A period as it is counted. */
export interface CountedPeriod {
  /** Beginnings of the steps, in order; the first begins the period. */
  readonly starts: readonly Date[];
  /** Null = until now, however clocks differ. */
  readonly to: Date | null;
  /**
   * The UTC days whose sums stand for their orders: from the midnight `from` to the midnight `to`, null = without end.
   * Null = none, every order is counted.
   */
  readonly days: { readonly from: Date; readonly to: Date | null } | null;
}

const endless = 'infinity';

@Injectable()
export class OrderStatsRepository {
  /**
   * Counts all orders of a period: by currency, by each respect, and by step and currency. What lies outside of whole
   * days is read from the orders by the index on their creation. Sums of days are added up before they are divided into
   * steps, and as whole numbers: of a year they are tens of thousands.
   */
  async count(executor: Executor, { starts, to, days }: CountedPeriod): Promise<CountedOrders[]> {
    const [from, end] = [starts[0], to ?? endless];
    const head = { from, to: days?.from ?? end };
    const tail = { from: days === null ? endless : (days.to ?? endless), to: end };
    const within = (from: Date | string, to: Date | string) =>
      sql`day >= (${from}::timestamptz at time zone 'UTC')::date and day < (${to}::timestamptz at time zone 'UTC')::date`;
    const all = { from: days?.from ?? endless, to: days === null ? endless : (days.to ?? endless) };
    const months = wholeMonthsOf(days) ?? { from: all.to, to: all.to };
    const result = await sql<CountedOrders>`
      with single as (
        select branch, order_status as status, product_country as country, product_name as product, currency, amount,
          width_bucket(created_at, ${starts}::timestamptz[]) as step
        from (
          select * from orders where created_at >= ${head.from}::timestamptz and created_at < ${head.to}::timestamptz
          union all
          select * from orders where created_at >= ${tail.from}::timestamptz and created_at < ${tail.to}::timestamptz
        ) as edges
      ), counted as (
        select case when grouping(branch) = 0 then 'branch' when grouping(status) = 0 then 'status'
            when grouping(country) = 0 then 'country' when grouping(product) = 0 then 'product'
            when grouping(step) = 0 then 'step' else 'currency' end as respect,
          case when grouping(branch) = 0 then branch when grouping(status) = 0 then status
            when grouping(country) = 0 then country when grouping(product) = 0 then product
            when grouping(step) = 0 then step::text else currency end as value,
          currency, count(*) as orders, count(amount) as priced, coalesce(sum(amount), 0) as revenue
        from single
        group by grouping sets ((currency), (branch), (status), (country), (product), (step, currency))
        union all
        select respect, value, null, sum(orders::int4), 0, 0 from (
          select respect, value, orders from order_statistics
          where respect <> 'currency' and ${within(all.from, months.from)}
          union all
          select respect, value, orders from order_statistics
          where respect <> 'currency' and ${within(months.to, all.to)}
          union all
          select respect, value, orders from order_statistics_months
          where month >= (${months.from}::timestamptz at time zone 'UTC')::date
            and month < (${months.to}::timestamptz at time zone 'UTC')::date
        ) as whole
        group by respect, value
        union all
        select case when grouping(step) = 0 then 'step' else 'currency' end,
          case when grouping(step) = 0 then step::text else value end, value, sum(orders::int4), sum(priced::int4), sum(revenue)
        from (
          select value, orders, priced, revenue,
            width_bucket(day::timestamp at time zone 'UTC', ${starts}::timestamptz[]) as step
          from order_statistics where respect = 'currency' and ${within(all.from, all.to)}
        ) as days
        group by grouping sets ((value), (step, value))
      )
      select respect, value, currency, sum(orders)::int8 as orders,
        (case when sum(priced) > 0 then sum(revenue) end)::text as revenue,
        (case when sum(priced) > 0 then round(sum(revenue) / sum(priced), 2) end)::text as average
      from counted group by respect, value, currency having sum(orders) > 0`.execute(executor);
    return result.rows;
  }
}

/** The calendar months within whole days: from the first to the one after the last, null = without end. */
function wholeMonthsOf(
  days: CountedPeriod['days'],
): { readonly from: Date; readonly to: Date | string } | null {
  if (days === null) return null;
  const first = new Date(Date.UTC(days.from.getUTCFullYear(), days.from.getUTCMonth()));
  const from =
    first < days.from ? new Date(Date.UTC(days.from.getUTCFullYear(), days.from.getUTCMonth() + 1)) : first;
  if (days.to === null) return { from, to: endless };
  const to = new Date(Date.UTC(days.to.getUTCFullYear(), days.to.getUTCMonth()));
  return from < to ? { from, to } : null;
}
