-- What was tried as often as its policy allows and waits for a person. Written by the worker in the transaction that gives
-- up, read and resolved by operators. One of a thing is open at a time; resolved ones stay as its record.
create table public.dead_letters (
  id uuid primary key,
  kind text not null,
  name text not null,
  reference text not null,
  aggregate_type text,
  aggregate_id text,
  correlation_id text,
  attempts integer not null,
  errors jsonb not null,
  first_failed_at timestamptz not null,
  last_failed_at timestamptz not null,
  state text not null default 'open',
  resolved_at timestamptz,
  resolved_by text,
  reason text,
  constraint dead_letters_kind_check check (kind in ('handler', 'job')),
  constraint dead_letters_state_check check (state in ('open', 'replayed', 'discarded')),
  constraint dead_letters_resolved_check check ((state = 'open') = (resolved_at is null))
);
create unique index dead_letters_open_key on public.dead_letters (kind, name, reference) where state = 'open';
create index dead_letters_aggregate_id_idx on public.dead_letters (aggregate_id);
comment on column public.dead_letters.reference is
  'of a handler the position of the event; of a job the row it is about (delivery/<id>, effect/<id>), else the job''s id';
comment on column public.dead_letters.errors is
  'what went wrong, oldest first: [{ at, code, message }]; codes and words of ours, SQLSTATE and constraint, never values of rows';

alter table public.dead_letters enable row level security;
revoke all on public.dead_letters from public, anon, authenticated;
grant select, insert on public.dead_letters to visapi_app;
grant update (attempts, errors, last_failed_at, state, resolved_at, resolved_by, reason) on public.dead_letters to visapi_app;
create policy backend on public.dead_letters to visapi_app using (true) with check (true);
