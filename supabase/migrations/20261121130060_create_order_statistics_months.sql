-- Sums of whole months beside those of days, so that the statistics of a year add up twelve rows of a country and not 365.
-- Kept by the same handler in the same statement as order_statistics, and made anew with it. Money is not in it: of days
-- there is one row for each currency.
create table public.order_statistics_months (
  month date not null,
  respect text not null,
  value text,
  orders bigint not null,
  constraint order_statistics_months_key unique nulls not distinct (month, respect, value),
  constraint order_statistics_months_month_check check (extract(day from month) = 1),
  constraint order_statistics_months_respect_check check (respect in ('branch', 'status', 'country', 'product'))
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
comment on column public.order_statistics_months.month is 'its first day, in UTC';

insert into public.order_statistics_months (month, respect, value, orders)
select date_trunc('month', day)::date, respect, value, sum(orders)
from public.order_statistics where respect <> 'currency' group by 1, 2, 3;

alter table public.order_statistics_months enable row level security;
revoke all on public.order_statistics_months from public, anon, authenticated;
grant select, insert, update, delete on public.order_statistics_months to visapi_app;
create policy backend on public.order_statistics_months to visapi_app using (true) with check (true);
