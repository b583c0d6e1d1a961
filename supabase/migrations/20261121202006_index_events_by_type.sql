-- no-transaction
-- Read by whoever asks for facts of some types, and by replays.
create index concurrently events_type_idx on public.events (type, position);
