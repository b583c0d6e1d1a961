-- no-transaction
-- Read by lists, the ledger and rechecks of a period.
create index concurrently deliveries_received_at_idx on public.deliveries (received_at, position);
