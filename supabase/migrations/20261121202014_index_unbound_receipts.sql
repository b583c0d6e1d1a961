-- no-transaction
-- Read by the sweep of receipts of the last day that belong to no message yet.
create index concurrently receipts_unbound_idx on public.receipts (received_at)
  where message_id is null and not disowned;
