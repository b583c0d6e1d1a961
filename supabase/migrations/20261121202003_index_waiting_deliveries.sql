-- no-transaction
-- Read by the sweeps of what waits to be interpreted. Takes the place of deliveries_open_idx.
-- An expression, so that only statements which look for all of them can use it. One that names its row would else be
-- planned, while hardly any row is in this state, to read them all, and keep that plan when a hundred thousand are.
create index concurrently deliveries_waiting_idx on public.deliveries (received_at) where state || '' = 'open';
