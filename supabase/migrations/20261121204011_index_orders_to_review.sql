-- no-transaction
-- Read by lists of the orders that a person has to look at: hardly any.
create index concurrently orders_review_idx on public.orders (delivery_position) where review <> '{}';
