import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { countedHours, pricedHours } from './order-spans.js';

/** The spans that an order belongs to, one of each length, beginning as `Span` says. */
const spansOf = (
  lengths: readonly number[],
) => sql`unnest(${sql.lit(`{${lengths.join()}}`)}::int2[]) as length(hours)
  cross join lateral (values (date_bin(make_interval(hours => hours), created_at, '1970-01-01 00:00+00'))) as span(begins)`;

/** The projections behind the statistics of orders: what is counted of each order, and the sums of spans of time. */
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
        select order_id, created_at, branch, order_status as status, product_country as country, product_name as product,
          currency, amount
        from orders where order_id = any(${[...orderIds]}::text[])
      ), changed as (
        select now.* from now left join counted_orders before on before.order_id = now.order_id
        where before.order_id is null
          or (now.created_at, now.branch, now.status, now.country, now.product, now.currency, now.amount) is distinct from
            (before.created_at, before.branch, before.status, before.country, before.product, before.currency, before.amount)
      ), moved as (
        select 1 as sign, * from changed
        union all
        select -1, before.order_id, before.created_at, before.branch, before.status, before.country, before.product,
          before.currency, before.amount
        from counted_orders before join changed on changed.order_id = before.order_id
      ), counted as (
        insert into counted_orders (order_id, created_at, branch, status, country, product, currency, amount)
        select order_id, created_at, branch, status, country, product, currency, amount from changed
        on conflict (order_id) do update set created_at = excluded.created_at, branch = excluded.branch,
          status = excluded.status, country = excluded.country, product = excluded.product, currency = excluded.currency,
          amount = excluded.amount
      ), counts as (
        insert into order_counts as known (hours, begins, respect, value, orders)
        select hours, begins, respect, value, sum(sign)
        from moved cross join ${spansOf(countedHours)} cross join lateral (values ('branch', branch), ('status', status),
          ('country', country), ('product', product)) as marginal(respect, value)
        group by hours, begins, respect, value having sum(sign) <> 0
        on conflict on constraint order_counts_key do update set orders = known.orders + excluded.orders
      )
      insert into order_revenues as known (hours, begins, currency, orders, priced, revenue)
      select hours, begins, currency, sum(sign), coalesce(sum(sign) filter (where amount is not null), 0),
        coalesce(sum(sign * amount), 0)
      from moved cross join ${spansOf(pricedHours)}
      group by hours, begins, currency
      having sum(sign) <> 0 or sum(sign) filter (where amount is not null) <> 0 or sum(sign * amount) <> 0
      on conflict on constraint order_revenues_key do update set orders = known.orders + excluded.orders,
        priced = known.priced + excluded.priced, revenue = known.revenue + excluded.revenue`.execute(
      executor,
    );
  }

  /** Forgets everything that was counted, to be counted anew. */
  async reset(executor: Executor): Promise<void> {
    await this.lock(executor);
    await executor.deleteFrom('orderCounts').execute();
    await executor.deleteFrom('orderRevenues').execute();
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
