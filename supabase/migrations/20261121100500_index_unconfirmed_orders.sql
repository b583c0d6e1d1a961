-- no-transaction
-- Read by searches for orders whose customer has not been told yet.
create index concurrently orders_unconfirmed_idx on public.orders (created_at, order_id)
  where not whatsapp_confirmation_sent;
