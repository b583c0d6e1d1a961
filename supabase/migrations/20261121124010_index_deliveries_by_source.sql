-- no-transaction
-- Read by lists of one source's deliveries, and to count order deliveries without looking at receipts.
create index concurrently deliveries_source_idx on public.deliveries (source, position) where kind = 'order';
