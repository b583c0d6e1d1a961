-- no-transaction
-- Read by searches in their usual order, by periods and by statistics.
create index concurrently orders_created_at_idx on public.orders (created_at, order_id);
