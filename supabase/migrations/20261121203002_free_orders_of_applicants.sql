-- Applicants stand in order_details from here on; an order's own row is small, and holds what searches and lists ask for.
-- Nobody can read or write orders meanwhile: 6 s of a million orders with 0.3 KB of applicants each (2 s to compare the copies,
-- 4 s to write the table and its three indexes anew), 16 s where the disk is busy. Deliveries are received all the same.
-- Postgres derives a column in no other way than by writing the table; a trigger that keeps a plain one would cost every write
-- for ever. So it is done before orders have the indexes of searches, which would be written with it (28 s), and after
-- copy_applicants, so that hardly anything is left to copy. The bytes that moved are gone with it.
lock table public.orders in access exclusive mode;

-- What was written or changed since copy_applicants passed by.
insert into public.order_details (order_id, applicants, applicants_key_id)
select o.order_id, o.applicants, o.applicants_key_id
from public.orders o left join public.order_details d on d.order_id = o.order_id
where d.order_id is null or (d.applicants, d.applicants_key_id) is distinct from (o.applicants, o.applicants_key_id)
on conflict (order_id) do update set applicants = excluded.applicants, applicants_key_id = excluded.applicants_key_id;

-- Searches and lists ask for an e-mail folded, which orders_client_email_folded_idx serves; and what is not processed is found
-- by orders_processed_at_idx, where null is the least time.
drop index public.orders_client_email_idx, public.orders_unprocessed_idx;

-- `incomplete` is what searches for "not in the CRM" and "nothing sent" are led by. The flags themselves stand in no index:
-- they flip within seconds of every order, and a version whose indexed columns are as they were stays on its page (HOT), while
-- any other is written into every index of the table. This column flips with processed_at, with both flags long set.
-- Half of each page is left free for such versions: what is written together is changed together, and the first version
-- of a row goes when its third needs a place.
alter table public.orders set (fillfactor = 50);
alter table public.orders
  drop column applicants,
  drop column applicants_key_id,
  add column validity_days integer,
  add column review text[] not null default '{}',
  add column imported_at timestamptz,
  add column overdue_at timestamptz,
  add column incomplete boolean not null
    generated always as (processed_at is null or not cbb_synced or not whatsapp_confirmation_sent) stored;
comment on column public.orders.validity_days is 'days the document is valid, from product.validity; null = unknown';
comment on column public.orders.review is
  'names of money and product fields that a later delivery changed, until an operator has looked at them';
comment on column public.orders.imported_at is 'taken over from the system used before; null = came by webhook or by hand';
comment on column public.orders.overdue_at is 'a step has been open for more than five minutes; null = none has';
comment on column public.orders.incomplete is
  'something of its way is missing, for good or for now: true wherever one of the flags is not set';
