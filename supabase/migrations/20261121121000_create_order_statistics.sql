-- Statistics of orders as two projections, kept by the handler `order-statistics` alone and read by GET /orders/stats.
-- Both can be made anew from `orders` at any time: `events replay order-statistics --rebuild`. They are history of
-- nothing, which is why the application may delete from them and from no other table of this kind.

-- What of each order is counted. The difference between this and the order as it is now is what is still to be counted,
-- so counting may be repeated. No foreign key: its lock on the order would meet the locks of those who change orders.
create table public.counted_orders (
  order_id text primary key,
  day date not null,
  branch text not null,
  status text,
  country text,
  product text,
  currency text,
  amount numeric(20, 4)
) with (fillfactor = 90);
comment on column public.counted_orders.day is 'the UTC day of orders.created_at';

-- How many orders of a day have a value in one respect. Rows of today are written by every batch of orders.
create table public.order_statistics (
  day date not null,
  respect text not null,
  value text,
  orders bigint not null,
  priced bigint not null,
  revenue numeric not null,
  constraint order_statistics_key unique nulls not distinct (day, respect, value),
  constraint order_statistics_respect_check check (respect in ('branch', 'status', 'country', 'product', 'currency'))
) with (fillfactor = 50);
comment on column public.order_statistics.value is 'what the orders have in common; null = not known';
comment on column public.order_statistics.priced is 'orders with an amount; counted for currencies only, as revenue is';

insert into public.counted_orders (order_id, day, branch, status, country, product, currency, amount)
select order_id, (created_at at time zone 'UTC')::date, branch, order_status, product_country, product_name, currency, amount
from public.orders;
insert into public.order_statistics (day, respect, value, orders, priced, revenue)
select day, respect, value, count(*), count(worth), coalesce(sum(worth), 0)
from public.counted_orders cross join lateral (values ('branch', branch, null), ('status', status, null),
  ('country', country, null), ('product', product, null), ('currency', currency, amount)) as marginal(respect, value, worth)
group by day, respect, value;

alter table public.counted_orders enable row level security;
alter table public.order_statistics enable row level security;
revoke all on public.counted_orders, public.order_statistics from public, anon, authenticated;
grant select, insert, update, delete on public.counted_orders, public.order_statistics to visapi_app;
create policy backend on public.counted_orders to visapi_app using (true) with check (true);
create policy backend on public.order_statistics to visapi_app using (true) with check (true);
