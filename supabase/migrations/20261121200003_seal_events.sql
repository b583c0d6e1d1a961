-- History that shows when it was changed: batches of events, each with a hash over its rows and the hash before it.
-- Appended by one sealer at a time, never in the transaction of the fact; nothing is ever changed or taken away.
create table public.event_seals (
  sequence bigint primary key,
  first_position bigint not null,
  last_position bigint not null,
  events integer not null,
  previous_hash bytea not null,
  hash bytea not null,
  sealed_at timestamptz not null default clock_timestamp(),
  constraint event_seals_last_position_key unique (last_position),
  constraint event_seals_order_check check (first_position <= last_position)
);
comment on column public.event_seals.hash is
  'SHA-256 over previous_hash and the SHA-256 of each event from first_position to last_position, in order';

-- Positions are drawn before their transaction ends, so a lower one may become visible after a higher one. Up to
-- safe_position nothing can appear any more; pending_* is the question that the next look answers.
create table public.event_horizon (
  id smallint primary key default 1,
  safe_position bigint not null default 0,
  pending_position bigint not null default 0,
  pending_xmax xid8 not null default pg_snapshot_xmax(pg_current_snapshot()),
  pending_at timestamptz not null default clock_timestamp(),
  constraint event_horizon_one_row check (id = 1)
);
insert into public.event_horizon default values;

alter table public.event_seals enable row level security;
alter table public.event_horizon enable row level security;
revoke all on public.event_seals, public.event_horizon from public, anon, authenticated;
grant select, insert on public.event_seals to visapi_app;
grant select on public.event_horizon to visapi_app;
grant update (safe_position, pending_position, pending_xmax, pending_at) on public.event_horizon to visapi_app;
create policy backend on public.event_seals to visapi_app using (true) with check (true);
create policy backend on public.event_horizon to visapi_app using (true) with check (true);
