-- no-transaction
-- deliveries_of_order_idx has taken its place.
drop index concurrently public.deliveries_order_id_idx;
