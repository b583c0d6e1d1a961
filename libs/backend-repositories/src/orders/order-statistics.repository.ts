import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

/** An order in each respect that it is counted in; money belongs to its currency alone. */
const respects = sql`(values ('branch', branch, null::numeric), ('status', status, null), ('country', country, null),
  ('product', product, null), ('currency', currency, amount)) as marginal(respect, value, worth)`;

/** The projections behind the statistics of orders: what is counted of each order, and the sums of each UTC day and month. */
@Injectable()
export class OrderStatisticsRepository {
  /**
   * Counts orders as they are now, in place of what was counted of them before. May be repeated. One at a time counts:
   * all of them write the sums of today anyway, and nobody can wait in a circle for one lock.
   */
  async count(executor: Executor, orderIds: readonly string[]): Promise<void> {
    await this.lock(executor);
    await sql`
      with now as (
        select order_id, (created_at at time zone 'UTC')::date as day, branch, order_status as status,
          product_country as country, product_name as product, currency, amount
        from orders where order_id = any(${[...orderIds]}::text[])
      ), changed as (
        select now.* from now left join counted_orders before on before.order_id = now.order_id
        where before.order_id is null
          or (now.day, now.branch, now.status, now.country, now.product, now.currency, now.amount) is distinct from
            (before.day, before.branch, before.status, before.country, before.product, before.currency, before.amount)
      ), moved as (
        select 1 as sign, * from changed
        union all
        select -1, before.order_id, before.day, before.branch, before.status, before.country, before.product,
          before.currency, before.amount
        from counted_orders before join changed on changed.order_id = before.order_id
      ), counted as (
        insert into counted_orders (order_id, day, branch, status, country, product, currency, amount)
        select order_id, day, branch, status, country, product, currency, amount from changed
        on conflict (order_id) do update set day = excluded.day, branch = excluded.branch, status = excluded.status,
          country = excluded.country, product = excluded.product, currency = excluded.currency, amount = excluded.amount
      ), months as (
        insert into order_statistics_months as known (month, respect, value, orders)
        select date_trunc('month', day)::date, respect, value, sum(sign)
        from moved cross join lateral ${respects} where respect <> 'currency'
        group by 1, respect, value having sum(sign) <> 0
        on conflict on constraint order_statistics_months_key do update set orders = known.orders + excluded.orders
      )
      insert into order_statistics as known (day, respect, value, orders, priced, revenue)
      select day, respect, value, sum(sign), coalesce(sum(sign) filter (where worth is not null), 0),
        coalesce(sum(sign * worth), 0)
      from moved cross join lateral ${respects}
      group by day, respect, value
      having sum(sign) <> 0 or sum(sign) filter (where worth is not null) <> 0 or sum(sign * worth) <> 0
      on conflict on constraint order_statistics_key do update set orders = known.orders + excluded.orders,
        priced = known.priced + excluded.priced, revenue = known.revenue + excluded.revenue`.execute(
      executor,
    );
  }

  /** Forgets everything that was counted, to be counted anew. */
  async reset(executor: Executor): Promise<void> {
    await this.lock(executor);
    await executor.deleteFrom('orderStatistics').execute();
    await executor.deleteFrom('orderStatisticsMonths').execute();
    await executor.deleteFrom('countedOrders').execute();
  }

  /**
   * A statement of its own: the one after it sees what the holder before has committed. Who counts while somebody
   * resets would else leave an order marked as counted in sums that are gone.
   */
  private async lock(executor: Executor): Promise<void> {
    await sql`select pg_advisory_xact_lock(hashtextextended('order-statistics', 0))`.execute(executor);
  }
}
