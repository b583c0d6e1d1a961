-- no-transaction
-- orders_each_warning_idx has taken its place.
drop index concurrently public.orders_warnings_idx;
