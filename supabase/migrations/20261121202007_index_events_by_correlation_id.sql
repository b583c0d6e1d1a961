-- no-transaction
-- Read by whoever follows one story through the history.
create index concurrently events_correlation_id_idx on public.events (correlation_id, position);
