-- Facts: outbox, event store and audit source in one. Appended in the transaction that causes the fact; the relay marks
-- dispatched_at and nothing else ever changes. Payloads hold ids and names of fields, never values of personal fields.
create table public.events (
  position bigint generated always as identity primary key,
  id uuid not null,
  type text not null,
  aggregate_type text not null,
  aggregate_id text not null,
  aggregate_version integer not null,
  actor text not null,
  correlation_id text not null,
  payload jsonb not null,
  occurred_at timestamptz not null default clock_timestamp(),
  dispatched_at timestamptz,
  constraint events_aggregate_version_key unique (aggregate_id, aggregate_type, aggregate_version)
);
create index events_undispatched_idx on public.events (position) where dispatched_at is null;

alter table public.events enable row level security;
revoke all on public.events from public, anon, authenticated;
grant select, insert on public.events to visapi_app;
grant update (dispatched_at) on public.events to visapi_app;
create policy backend on public.events to visapi_app using (true) with check (true);
