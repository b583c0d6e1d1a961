-- Histories that operators have told again to a handler. Asked for by operators, worked off by the worker batch by batch:
-- the pointer moves in the transaction that tells the batch.
create table public.event_replays (
  id uuid primary key,
  handler text not null,
  types text[] not null,
  aggregate_id text,
  occurred_from timestamptz,
  occurred_to timestamptz,
  from_position bigint not null,
  to_position bigint not null,
  rebuild boolean not null,
  forced boolean not null,
  rate_per_second integer not null,
  reason text not null,
  requested_by text not null,
  correlation_id text not null,
  state text not null default 'running',
  position bigint not null,
  handled bigint not null default 0,
  total bigint not null,
  problem text,
  next_at timestamptz default clock_timestamp(),
  reset_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  constraint event_replays_state_check check (state in ('running', 'done', 'cancelled', 'failed')),
  constraint event_replays_rate_check check (rate_per_second between 1 and 10000),
  constraint event_replays_done_check check ((state = 'done') = (finished_at is not null)),
  constraint event_replays_next_check check ((state = 'running') = (next_at is not null))
);
create unique index event_replays_running_key on public.event_replays (handler) where state = 'running';
create index event_replays_rebuild_idx on public.event_replays (handler, id) where rebuild;
comment on column public.event_replays.position is 'the last event that was looked at';
comment on column public.event_replays.to_position is 'the last event that is meant; of a rebuild, set again when it begins anew';
comment on column public.event_replays.reset_at is 'when a rebuild took away what the handler had written';

alter table public.event_replays enable row level security;
revoke all on public.event_replays from public, anon, authenticated;
grant select, insert on public.event_replays to visapi_app;
grant update (to_position, state, position, handled, total, problem, next_at, reset_at, finished_at)
  on public.event_replays to visapi_app;
create policy backend on public.event_replays to visapi_app using (true) with check (true);
