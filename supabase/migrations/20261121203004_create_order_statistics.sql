-- The projections behind GET /orders/stats, for more than one length of time, so that any period is a few sums and the orders
-- of a few hours however many orders there are. Kept by the handler `order-statistics` alone, read by the statistics. They are
-- history of nothing and can be made anew from `orders` at any time (`events replay order-statistics --rebuild`), which is why
-- the application may delete from them. Filled after the outbox was: whatever changes an order from there on is told to the
-- handler, so that nothing falls between what is counted here and what it counts.

-- What of each order is counted. The difference between this and the order as it is now is what is still to be counted,
-- so counting may be repeated. No foreign key: its lock on the order would meet the locks of those who change orders.
-- Narrow and in the order of time: the hours of a period that no sum covers are read from here.
create table public.counted_orders (
  order_id text primary key,
  created_at timestamptz not null,
  branch text not null,
  status text,
  country text,
  product text,
  currency text,
  amount numeric(20, 4)
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);

-- How many orders of a span of time have a value in one respect. Rows of now are written by every batch of orders.
create table public.order_counts (
  hours smallint not null,
  begins timestamptz not null,
  respect text not null,
  value text,
  orders integer not null,
  constraint order_counts_key unique nulls not distinct (hours, begins, respect, value),
  constraint order_counts_hours_check check (hours in (4, 24, 144, 864)),
  constraint order_counts_respect_check check (respect in ('branch', 'status', 'country', 'product'))
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
comment on column public.order_counts.hours is 'length of the span; spans of a length follow each other from 1970-01-01 00:00 UTC on';
comment on column public.order_counts.value is 'what the orders have in common; null = not known';

-- What the orders of an hour and of a UTC day are worth.
create table public.order_revenues (
  hours smallint not null,
  begins timestamptz not null,
  currency text,
  orders integer not null,
  priced integer not null,
  revenue numeric not null,
  constraint order_revenues_key unique nulls not distinct (hours, begins, currency),
  constraint order_revenues_hours_check check (hours in (1, 24))
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
comment on column public.order_revenues.currency is 'null = not known';
comment on column public.order_revenues.priced is 'orders with an amount';

insert into public.counted_orders (order_id, created_at, branch, status, country, product, currency, amount)
select order_id, created_at, branch, order_status, product_country, product_name, currency, amount
from public.orders order by created_at;
insert into public.order_counts (hours, begins, respect, value, orders)
select hours, date_bin(make_interval(hours => hours), created_at, '1970-01-01 00:00+00'), respect, value, count(*)
from public.counted_orders cross join unnest(array[4, 24, 144, 864]) as hours
  cross join lateral (values ('branch', branch), ('status', status), ('country', country), ('product', product))
    as marginal(respect, value)
group by 1, 2, 3, 4 order by 1, 2;
insert into public.order_revenues (hours, begins, currency, orders, priced, revenue)
select hours, date_bin(make_interval(hours => hours), created_at, '1970-01-01 00:00+00'), currency, count(*), count(amount),
  coalesce(sum(amount), 0)
from public.counted_orders cross join unnest(array[1, 24]) as hours
group by 1, 2, 3 order by 1, 2;
create index counted_orders_created_at_idx on public.counted_orders (created_at);

alter table public.counted_orders enable row level security;
alter table public.order_counts enable row level security;
alter table public.order_revenues enable row level security;
revoke all on public.counted_orders, public.order_counts, public.order_revenues from public, anon, authenticated;
grant select, insert, update, delete on public.counted_orders, public.order_counts, public.order_revenues to visapi_app;
create policy backend on public.counted_orders to visapi_app using (true) with check (true);
create policy backend on public.order_counts to visapi_app using (true) with check (true);
create policy backend on public.order_revenues to visapi_app using (true) with check (true);
