-- no-transaction
-- Read by searches that sort by it or ask for a time of it, in both directions: null is the least time.
create index concurrently orders_processed_at_idx on public.orders (processed_at desc nulls last, order_id desc);
