-- no-transaction
-- Read by searches for a country that few orders are for, and to count those of a country.
create index concurrently orders_country_idx on public.orders (lower(product_country collate "C"));
