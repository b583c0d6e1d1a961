-- When it was said aloud that a delivery waits for too long, once, whoever notices: written by the sweep (compare-and-set)
-- together with the fact `delivery.overdue`. And a delivery that was rejected may be understood by later code; only then is it
-- known which order it belongs to: written by the replay of deliveries.
alter table public.deliveries add column overdue_at timestamptz;
comment on column public.deliveries.overdue_at is 'nobody had interpreted it five minutes after it came';
grant update (order_id, overdue_at) on public.deliveries to visapi_app;
