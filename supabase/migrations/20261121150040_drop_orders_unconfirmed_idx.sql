-- no-transaction
-- orders_incomplete_idx has taken its place, without standing in the way of the flag's change.
drop index concurrently public.orders_unconfirmed_idx;
