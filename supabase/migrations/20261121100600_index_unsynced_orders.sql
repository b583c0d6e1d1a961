-- no-transaction
-- Read by searches for orders of the branch whose customers are kept in the CRM, and that are not there yet.
create index concurrently orders_unsynced_il_idx on public.orders (created_at, order_id)
  where not cbb_synced and lower(branch collate "C") = 'il';
