-- Searches and lists compare these columns without regard to case. The planner knows nothing of an expression unless it is
-- told to: it took every status for one order in two hundred, and looked for the few that were refunded among all.
create statistics public.orders_folded_status_statistics on (lower(order_status collate "C")) from public.orders;
create statistics public.orders_folded_currency_statistics on (lower(currency collate "C")) from public.orders;
-- An empty table stays unknown: known to be empty, an index that merely ends with the order's id would look as good as the
-- primary key, and plans made then are kept while the table grows.
do $$ begin
  if exists (select from public.orders) then
    analyze public.orders;
  end if;
end $$;
