-- When it was said aloud that work is open for too long: once per episode, whoever notices. Written by the sweep
-- (compare-and-set) together with the fact `order.overdue` or `delivery.overdue`; cleared when nothing of it is open.
alter table public.orders add column overdue_at timestamptz;
alter table public.deliveries add column overdue_at timestamptz;
comment on column public.orders.overdue_at is 'a step has been open for more than five minutes; null = none has';
comment on column public.deliveries.overdue_at is 'nobody had interpreted it five minutes after it came';
create index orders_overdue_idx on public.orders (overdue_at) where overdue_at is not null;
grant update (overdue_at) on public.deliveries to visapi_app;
