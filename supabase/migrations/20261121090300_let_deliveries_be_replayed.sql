-- A delivery that was rejected may be understood by later code; only then is it known which order it belongs to.
-- Written by the replay of deliveries.
grant update (order_id) on public.deliveries to visapi_app;
