-- no-transaction
-- Read by searches that sort by amount, in both directions: null is the least amount.
create index concurrently orders_amount_idx on public.orders (amount desc nulls last, order_id desc);
