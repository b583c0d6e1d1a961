-- no-transaction
-- Read by searches and lists for orders that are not in the CRM or whose customer was sent nothing.
create index concurrently orders_incomplete_idx on public.orders (lower(branch collate "C"), created_at, order_id)
  where incomplete;
