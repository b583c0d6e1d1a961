-- no-transaction
-- Read by the sweep, which writes overdue_at (compare-and-set) together with the fact `order.overdue`, once per episode, and
-- clears it when nothing of the order is open.
create index concurrently orders_overdue_idx on public.orders (overdue_at) where overdue_at is not null;
