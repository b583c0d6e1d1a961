-- no-transaction
-- Read by lists and searches for a status that few orders have; most are active.
create index concurrently orders_status_idx on public.orders (lower(order_status collate "C"), delivery_position)
  where lower(order_status collate "C") <> 'active';
