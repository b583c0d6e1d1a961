-- What of an order is large, and read only by who changes it or looks at all of it: its applicants and everything else that
-- the form says. The order's own row is written anew three times within seconds of being stored; apart, these are written
-- once. Written with the order (createOrders, importOrder), replaced by later deliveries (applyChange).
create table public.order_details (
  order_id text primary key references public.orders (order_id),
  applicants bytea,
  applicants_key_id text,
  details bytea,
  details_key_id text
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05);
comment on table public.order_details is 'one row of every order';
comment on column public.order_details.applicants is 'JSON of all applicants; encrypted when applicants_key_id is set';
comment on column public.order_details.details is
  'JSON of everything else the form says; encrypted when details_key_id is set';

alter table public.order_details enable row level security;
revoke all on public.order_details from public, anon, authenticated;
grant select, insert on public.order_details to visapi_app;
grant update (applicants, applicants_key_id, details, details_key_id) on public.order_details to visapi_app;
create policy backend on public.order_details to visapi_app using (true) with check (true);
