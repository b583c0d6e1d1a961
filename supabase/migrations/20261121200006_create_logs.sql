-- Lines of the log that somebody may ask for later: warnings, errors, and what happened to an order. Written in batches
-- by every process, beside its standard output; read by operators (GET /logs). Never bodies, names, phones or documents.
-- One partition per month (UTC), so that what has grown old goes at once; `logs_default` takes what has no month yet.
create table public.logs (
  id uuid not null,
  logged_at timestamptz not null,
  level text not null,
  message text not null,
  event text,
  code text,
  job text,
  route text,
  order_id text,
  correlation_id text,
  process text not null,
  fields jsonb not null default '{}',
  constraint logs_pkey primary key (id, logged_at),
  constraint logs_level_check check (level in ('info', 'warn', 'error'))
) partition by range (logged_at);
comment on column public.logs.id is 'UUID version 7, drawn when the line was written: lists follow it';
comment on column public.logs.fields is 'whatever else the line carried, of the closed list of fields of the log';

create index logs_logged_at_idx on public.logs (logged_at);
create index logs_level_idx on public.logs (level, logged_at) where level in ('warn', 'error');
create index logs_correlation_id_idx on public.logs (correlation_id, id) where correlation_id is not null;
create index logs_order_id_idx on public.logs (order_id, id) where order_id is not null;

alter table public.logs enable row level security;
revoke all on public.logs from public, anon, authenticated;
grant select, insert on public.logs to visapi_app;
create policy backend on public.logs to visapi_app using (true) with check (true);

create table public.logs_default partition of public.logs default;
alter table public.logs_default enable row level security;
revoke all on public.logs_default from public, anon, authenticated;
create policy backend on public.logs_default to visapi_app using (true) with check (true);

-- Makes a month's partition unless it is there. Built apart and attached then: that lets the table be read and written
-- meanwhile, which `create table ... partition of` would not. Lines that the default one holds of that month move over.
create function public.make_log_partition(month timestamptz) returns void
language plpgsql set search_path = '' as $$
declare
  starts timestamptz := date_trunc('month', month, 'UTC');
  -- Months are counted without a time zone: in the session's one a month may begin another day.
  ends timestamptz := ((starts at time zone 'UTC') + interval '1 month') at time zone 'UTC';
  name text := 'logs_' || to_char(starts at time zone 'UTC', 'YYYYMM');
begin
  if to_regclass('public.' || name) is not null then
    return;
  end if;
  execute format('create table public.%I (like public.logs including defaults including constraints)', name);
  execute format('alter table public.%I enable row level security', name);
  execute format('revoke all on public.%I from public, anon, authenticated', name);
  execute format('create policy backend on public.%I to visapi_app using (true) with check (true)', name);
  execute format('with moved as (delete from public.logs_default where logged_at >= %L and logged_at < %L returning *) '
    'insert into public.%I select * from moved', starts, ends, name);
  execute format('alter table public.logs attach partition public.%I for values from (%L) to (%L)', name, starts, ends);
end
$$;

-- What the application may have done to the table, which it does not own and cannot delete from. One process at a time:
-- the locks are those of the transaction, and who does not get one does nothing. None of them makes writers wait for
-- long: a lock that cannot be had soon is given up with an error, and tried again the next time.
create function public.make_log_partitions() returns void
language plpgsql security definer set search_path = '' set lock_timeout = '500ms' as $$
begin
  if not pg_try_advisory_xact_lock(hashtextextended('log-partitions', 0)) then
    return;
  end if;
  perform public.make_log_partition(now());
  -- The first day of next month, from the middle of this one.
  perform public.make_log_partition(date_trunc('month', now(), 'UTC') + interval '45 days');
end
$$;

-- Drops the months of which every line is older than the given days, one of them at a time; returns its name, or null.
-- Nothing of the last day can be named.
create function public.drop_log_partition(keep_days integer) returns text
language plpgsql security definer set search_path = '' set lock_timeout = '500ms' as $$
declare
  kept_since timestamptz := now() - make_interval(days => greatest(keep_days, 1));
  oldest text;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('log-partitions', 0)) then
    return null;
  end if;
  select c.relname into oldest
  from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'public.logs'::regclass and c.relname ~ '^logs_\d{6}$'
    and (to_date(substr(c.relname, 6), 'YYYYMM') + interval '1 month') at time zone 'UTC' <= kept_since
  order by c.relname limit 1;
  if oldest is not null then
    execute format('drop table public.%I', oldest);
  end if;
  return oldest;
end
$$;

-- Deletes at most so many of the oldest lines from before a time, and tells how far it came: to go on from there spares
-- the next call the places of those that went. Nothing of the last day can be named.
create function public.delete_logs(before timestamptz, most integer, since timestamptz)
returns table (deleted integer, reached timestamptz)
language plpgsql security definer set search_path = '' set lock_timeout = '500ms' as $$
begin
  if not pg_try_advisory_xact_lock(hashtextextended('log-deletion', 0)) then
    return query select 0, since;
    return;
  end if;
  return query
    with chosen as (
      select l.id, l.logged_at from public.logs l
      where l.logged_at < least(before, now() - interval '1 day') and l.logged_at >= coalesce(since, '-infinity')
      order by l.logged_at limit most
    ), gone as (
      delete from public.logs l using chosen c where l.id = c.id and l.logged_at = c.logged_at returning l.logged_at
    )
    select count(*)::integer, coalesce(max(gone.logged_at), since) from gone;
end
$$;

revoke execute on function public.make_log_partition(timestamptz), public.make_log_partitions(),
  public.drop_log_partition(integer), public.delete_logs(timestamptz, integer, timestamptz)
  from public, anon, authenticated;
grant execute on function public.make_log_partitions(), public.drop_log_partition(integer),
  public.delete_logs(timestamptz, integer, timestamptz) to visapi_app;

select public.make_log_partitions();
