-- no-transaction
-- Takes the place of orders_country_idx. Read by searches for a country, whose newest orders it has at its end, and for a
-- country within a period, which were read as all orders of the one and all of the other.
create index concurrently orders_country_created_at_idx on public.orders
  (lower(product_country collate "C"), created_at);
