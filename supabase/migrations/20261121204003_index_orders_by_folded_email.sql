-- no-transaction
-- Read by searches and lists, which do not regard the case of the letters A to Z. Takes the place of orders_client_email_idx.
create index concurrently orders_client_email_folded_idx on public.orders (lower(client_email collate "C"));
