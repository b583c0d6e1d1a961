-- no-transaction
-- Read by health, lists and replays of what could not be interpreted or was not to be; nearly all are applied.
create index concurrently deliveries_state_idx on public.deliveries (state, position) where state in ('failed', 'closed');
