-- Persons who asked to be forgotten, by the ids of their orders: who had it done, when, why, and what went. Written by the
-- erasure itself, in its transaction; read by whoever has to prove it. Holds nothing of the person.
create table public.erasures (
  id uuid primary key,
  order_ids text[] not null,
  messages integer not null,
  deliveries integer not null,
  keys_destroyed integer not null,
  reason text not null,
  erased_by text not null,
  correlation_id text not null,
  erased_at timestamptz not null default clock_timestamp()
);
alter table public.erasures enable row level security;
revoke all on public.erasures from public, anon, authenticated;
grant select, insert on public.erasures to visapi_app;
create policy backend on public.erasures to visapi_app using (true) with check (true);

-- Takes away what of a person stands in rows that the application may not write or delete: the bytes of deliveries, the phone in
-- receipts, the contact. Of orders that still name somebody nothing goes: they have to be forgotten first, in the same transaction.
create function public.forget_traces(forgotten text[], phones text[]) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  emptied integer;
begin
  if exists (select from public.orders o where o.order_id = any(forgotten)
    and (o.client_name is not null or o.client_email is not null or o.client_phone is not null)) then
    raise exception 'An order of these still names somebody' using errcode = 'restrict_violation';
  end if;
  with gone as (
    delete from public.delivery_bodies b using public.deliveries d
    where d.id = b.delivery_id and d.state <> 'open' and (
      (d.order_id = any(forgotten) and d.kind = 'order')
      or d.id in (select r.delivery_id from public.messages m join public.receipts r on r.message_id = m.effect_id
        where m.order_id = any(forgotten))
      or d.id in (select r.delivery_id from public.receipts r
        where r.message_id is null and r.recipient = any(select replace(p, '+', '') from unnest(phones) p)))
    returning 1
  )
  select count(*) into emptied from gone;
  update public.receipts r set recipient = 'erased', callback_data = null
  where r.message_id in (select m.effect_id from public.messages m where m.order_id = any(forgotten));
  update public.receipts r set recipient = 'erased', callback_data = null, disowned = true
  where r.message_id is null and r.recipient = any(select replace(p, '+', '') from unnest(phones) p);
  delete from public.contacts c where c.phone = any(phones)
    and not exists (select from public.orders o where o.client_phone = c.phone);
  return emptied;
end
$$;
revoke execute on function public.forget_traces(text[], text[]) from public, anon, authenticated;
grant execute on function public.forget_traces(text[], text[]) to visapi_app;
