-- no-transaction
-- deliveries_rare_source_idx has taken its place.
drop index concurrently public.deliveries_source_position_idx;
