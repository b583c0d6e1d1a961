-- The inbox. One row per distinct body that was delivered to us, written by the webhook edge before it answers;
-- repeats are counted on the row. Read and marked by the commands that interpret deliveries, and by the sweep.
-- Bodies stand apart because they never change while the row's counters do, and because they age differently.
create table public.deliveries (
  id uuid primary key,
  position bigint generated always as identity,
  kind text not null,
  source text not null,
  order_id text,
  outcome text not null,
  state text not null,
  body_hash bytea not null,
  repeats integer not null default 0,
  last_repeat_at timestamptz,
  problems text,
  api_key_id uuid,
  correlation_id text not null,
  received_at timestamptz not null default clock_timestamp(),
  queued_at timestamptz,
  applied_at timestamptz,
  constraint deliveries_kind_check check (kind in ('order', 'receipt')),
  constraint deliveries_outcome_check check (outcome in ('accepted', 'changed', 'skipped', 'rejected')),
  constraint deliveries_state_check check (state in ('open', 'applied', 'failed', 'closed')),
  constraint deliveries_order_id_check check (kind <> 'order' or outcome = 'rejected' or order_id is not null),
  -- The arbiter of repeats: the same bytes are one delivery.
  constraint deliveries_body_key unique (kind, body_hash)
) with (fillfactor = 85);

-- The arbiter of "first": exactly one accepted delivery per order id.
create unique index deliveries_accepted_order_key on public.deliveries (order_id)
  where kind = 'order' and outcome = 'accepted';
create index deliveries_order_id_idx on public.deliveries (order_id, position);
create index deliveries_position_idx on public.deliveries (position);
create index deliveries_open_idx on public.deliveries (received_at) where state = 'open';

comment on column public.deliveries.position is
  'order of arrival as the database saw it; "newest order" of a phone is decided by it, never by a clock';
comment on column public.deliveries.state is
  'open = to be interpreted; applied = done; failed = cannot be interpreted, kept for replay; closed = nothing to do';

-- No foreign key to deliveries: one statement writes both rows, and the check would run for every order received.
create table public.delivery_bodies (
  delivery_id uuid primary key,
  body bytea not null,
  headers text not null,
  key_id text
);
comment on column public.delivery_bodies.key_id is 'key that body is encrypted with; null = plain bytes as received';

alter table public.deliveries enable row level security;
alter table public.delivery_bodies enable row level security;
revoke all on public.deliveries, public.delivery_bodies from public, anon, authenticated;
grant select, insert on public.deliveries, public.delivery_bodies to visapi_app;
grant usage on sequence public.deliveries_position_seq to visapi_app;
grant update (state, outcome, repeats, last_repeat_at, problems, queued_at, applied_at) on public.deliveries to visapi_app;
create policy backend on public.deliveries to visapi_app using (true) with check (true);
create policy backend on public.delivery_bodies to visapi_app using (true) with check (true);
