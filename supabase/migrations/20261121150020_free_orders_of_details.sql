-- Ends what 20261121150000 began: the details stand in order_details. Nothing is dropped that was not copied.
do $$ begin
  if exists (select from public.orders o
    where not exists (select from public.order_details d where d.order_id = o.order_id)) then
    raise exception 'orders without a row in order_details: run 20261121150010_copy_order_details once more';
  end if;
end $$;

drop trigger keep_order_details on public.orders;
drop function public.keep_order_details();

-- `incomplete` is what searches for "not in the CRM" and "nothing sent" are led by. The flags themselves stand in no index:
-- they flip within seconds of every order, and a version whose indexed columns are as they were stays on its page (HOT), while
-- any other is written into every index of the table. This column flips with processed_at, with both flags long set.
-- Half of each page is left free for such versions: what is written together is changed together, and the first version
-- of a row goes when its third needs a place.
-- The table is written anew, which takes the dropped bytes with it; nobody can read or write orders meanwhile (some ten seconds
-- of a million orders).
alter table public.orders set (fillfactor = 50);
alter table public.orders
  drop column applicants,
  drop column applicants_key_id,
  drop column details,
  drop column details_key_id,
  add column incomplete boolean not null
    generated always as (processed_at is null or not cbb_synced or not whatsapp_confirmation_sent) stored;
comment on column public.orders.incomplete is
  'something of its way is missing, for good or for now: true wherever one of the flags is not set';
do $$ begin
  if exists (select from public.orders) then
    analyze public.orders;
  end if;
end $$;
