-- no-transaction
-- orders_country_newest_idx has taken its place.
drop index concurrently public.orders_country_created_at_idx;
