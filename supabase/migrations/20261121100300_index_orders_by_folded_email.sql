-- no-transaction
-- Read by searches, which do not regard the case of the letters A to Z.
create index concurrently orders_client_email_folded_idx on public.orders (lower(client_email collate "C"));
