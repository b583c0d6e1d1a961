-- no-transaction
-- Read by lists of what was imported, or came from nowhere. The shop and Meta send all day: their newest deliveries are
-- found among the newest of all.
create index concurrently deliveries_rare_source_idx on public.deliveries (source, position)
  where source not in ('vizi', 'meta');
