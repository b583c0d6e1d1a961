-- no-transaction
-- Read by searches for a status that few orders have, as orders_country_newest_idx is for a country: of the orders of such a
-- status, each on a page of its own, those are read that are shown. Lists follow positions and keep orders_status_idx.
create index concurrently orders_status_newest_idx on public.orders
  (lower(order_status collate "C"), created_at, order_id) include (order_status)
  where lower(order_status collate "C") <> 'active';
