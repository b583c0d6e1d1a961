-- no-transaction
-- Takes the place of deliveries_source_idx. Read by lists of one source's deliveries. Without `where kind = 'order'`: the
-- ingest, which says so too, was planned while the table was empty to look for its order id through all of that index.
create index concurrently deliveries_source_position_idx on public.deliveries (source, position);
