-- The bytes of deliveries go when they have grown old; the deliveries, with their hash, stay for ever: the same bytes sent
-- again are a repeat in ten years too. Called in small batches by the worker (DELIVERY_BODY_RETENTION_DAYS), which may
-- not delete from the table itself. Nothing of the last week can be named, nor what somebody may still need: what is open,
-- failed or rejected (it can be replayed), or of an order that waits for anything or anybody.
-- One caller at a time; each looks at so many bodies after a place, oldest first (ids are UUIDs of version 7 and begin
-- with the time of storing, also those of imports), and tells how far it came.
create function public.empty_deliveries(before timestamptz, most integer, since uuid)
returns table (examined integer, emptied integer, reached uuid)
language plpgsql security definer set search_path = '' set lock_timeout = '500ms' as $$
declare
  kept_since timestamptz := least(before, now() - interval '7 days');
  first_kept uuid := (lpad(to_hex((extract(epoch from kept_since) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('delivery-emptying', 0)) then
    return query select 0, 0, since;
    return;
  end if;
  return query
    with old as materialized (
      select b.delivery_id from public.delivery_bodies b
      where b.delivery_id > coalesce(since, '00000000-0000-0000-0000-000000000000') and b.delivery_id < first_kept
      order by b.delivery_id limit most
    ), needless as materialized (
      select d.id from old join public.deliveries d on d.id = old.delivery_id
      where d.state in ('applied', 'closed') and d.outcome <> 'rejected'
        and not exists (select from public.dead_letters l where l.state = 'open'
          and (l.reference = 'delivery/' || d.id or l.aggregate_id in (d.id::text, d.order_id)))
        and not exists (select from public.deliveries other where other.order_id = d.order_id and other.kind = 'order'
          and other.state in ('open', 'failed'))
        and not exists (select from public.effects e where e.order_id = d.order_id
          and e.state in ('planned', 'claimed', 'uncertain', 'failed'))
        and not exists (select from public.orders o where o.order_id = d.order_id and o.review <> '{}')
    ), gone as (
      delete from public.delivery_bodies b using needless n where b.delivery_id = n.id returning 1
    )
    select (select count(*) from old)::integer, (select count(*) from gone)::integer,
      coalesce((select o.delivery_id from old o order by o.delivery_id desc limit 1), since);
end
$$;

revoke execute on function public.empty_deliveries(timestamptz, integer, uuid) from public, anon, authenticated;
grant execute on function public.empty_deliveries(timestamptz, integer, uuid) to visapi_app;

comment on table public.delivery_bodies is
  'bytes and headers as received; a row goes when its delivery is old and nobody needs it any more';
