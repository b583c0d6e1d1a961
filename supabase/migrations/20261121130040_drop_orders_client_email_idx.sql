-- no-transaction
-- Lists ask for an e-mail in both ways, as it is and folded, so that orders_client_email_folded_idx serves them as it serves
-- searches. An order's row is written anew some four times within seconds, with an entry in each of its indexes.
drop index concurrently public.orders_client_email_idx;
