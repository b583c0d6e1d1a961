-- no-transaction
-- No query read it: searches for what is not processed are led by orders_processed_at_idx, where null is the least time.
drop index concurrently public.orders_unprocessed_idx;
