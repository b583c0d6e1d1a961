-- no-transaction
-- Read by searches and lists for orders that are not in the CRM or whose customer was sent nothing. Takes the place of
-- orders_unsynced_il_idx, orders_unconfirmed_idx and orders_unprocessed_idx.
create index concurrently orders_incomplete_idx on public.orders (lower(branch collate "C"), created_at, order_id)
  where incomplete;
