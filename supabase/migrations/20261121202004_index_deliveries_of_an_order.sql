-- no-transaction
-- Takes the place of deliveries_order_id_idx, which also held every delivery of receipts, without an order's id: three of an
-- order, twice each, since a delivery is written anew when it is applied.
create index concurrently deliveries_of_order_idx on public.deliveries (order_id, position) where order_id is not null;
