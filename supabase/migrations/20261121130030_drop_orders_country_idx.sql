-- no-transaction
-- Its place is taken by orders_country_created_at_idx.
drop index concurrently public.orders_country_idx;
