-- no-transaction
-- Its place is taken by deliveries_source_position_idx.
drop index concurrently public.deliveries_source_idx;
