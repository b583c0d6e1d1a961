-- no-transaction
-- Read by searches for a warning, which say that there is any: of an order without warnings, as most are, the index has
-- nothing to hold.
create index concurrently orders_each_warning_idx on public.orders using gin (warnings) where warnings <> '{}';
