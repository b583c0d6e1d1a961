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

@Injectable()
export class OrderStatsRepository {
  /**
   * Counts all orders of a period in one pass: by currency, by each respect, and by step and currency.
   * @param starts beginnings of the steps, in order; the first begins the period
   * @param to null = until now, however clocks differ
   */
  async count(
    executor: Executor,
    { starts, to }: { readonly starts: readonly Date[]; readonly to: Date | null },
  ): Promise<CountedOrders[]> {
    const result = await sql<CountedOrders>`
      with chosen as (
        select branch, order_status as status, product_country as country, product_name as product, currency, amount,
          width_bucket(created_at, ${starts}::timestamptz[]) as step
        from orders
        where created_at >= ${starts[0]}::timestamptz and (${to}::timestamptz is null or created_at < ${to}::timestamptz)
      )
      select
        case
          when grouping(branch) = 0 then 'branch' when grouping(status) = 0 then 'status'
          when grouping(country) = 0 then 'country' when grouping(product) = 0 then 'product'
          when grouping(step) = 0 then 'step' else 'currency'
        end as respect,
        case
          when grouping(branch) = 0 then branch when grouping(status) = 0 then status
          when grouping(country) = 0 then country when grouping(product) = 0 then product
          when grouping(step) = 0 then step::text else currency
        end as value,
        currency, count(*) as orders, sum(amount)::text as revenue, round(avg(amount), 2)::text as average
      from chosen
      group by grouping sets ((currency), (branch), (status), (country), (product), (step, currency))`.execute(
      executor,
    );
    return result.rows;
  }
}
