-- no-transaction
-- Read by statistics, whose steps are made of the money of days: two rows of a day's two hundred.
create index concurrently order_statistics_currency_idx on public.order_statistics (day) where respect = 'currency';
