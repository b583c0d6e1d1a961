-- no-transaction
-- deliveries_waiting_idx has taken its place.
drop index concurrently public.deliveries_open_idx;
