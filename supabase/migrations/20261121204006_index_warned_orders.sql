-- no-transaction
-- Read by lists of orders with any warning about a field.
create index concurrently orders_warned_idx on public.orders (delivery_position) where warnings <> '{}';
