-- no-transaction
-- Read by searches for a country, with or without a period, in the order in which they show what they find; the country
-- itself is in it, so that how many there are is answered by the index alone.
create index concurrently orders_country_newest_idx on public.orders
  (lower(product_country collate "C"), created_at, order_id) include (product_country);
