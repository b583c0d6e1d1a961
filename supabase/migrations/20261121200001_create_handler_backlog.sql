-- Facts that a handler could not take, and the later ones of the same aggregate, which wait behind them so that each
-- handler sees an aggregate's facts in order. Written and read by the worker under a lock of the aggregate; operators
-- reopen or discard dead ones. Settled rows stay: they say which facts took more than one try.
-- What waits comes and goes: the dead rows of a small table soon outnumber the living.
create table public.handler_backlog (
  handler text not null,
  position bigint not null,
  aggregate_type text not null,
  aggregate_id text not null,
  replayed boolean not null,
  state text not null,
  attempts integer not null,
  due_at timestamptz,
  problem text,
  errors jsonb not null default '[]',
  entered_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  constraint handler_backlog_pkey primary key (handler, position),
  constraint handler_backlog_state_check check (state in ('waiting', 'done', 'dead', 'discarded')),
  constraint handler_backlog_settled_check check ((state in ('done', 'discarded')) = (settled_at is not null)),
  constraint handler_backlog_due_check check (due_at is null or state = 'waiting')
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
create index handler_backlog_order_idx on public.handler_backlog (handler, aggregate_id, aggregate_type, position)
  where state in ('waiting', 'dead');
create index handler_backlog_due_idx on public.handler_backlog (due_at) where state = 'waiting';
-- Read by statistics: a fact that an operator has discarded was never counted, so its order is looked at itself.
create index handler_backlog_discarded_idx on public.handler_backlog (handler, aggregate_type, aggregate_id)
  where state = 'discarded';
comment on column public.handler_backlog.due_at is 'when it is tried; null: it waits behind an earlier fact of its aggregate';
comment on column public.handler_backlog.replayed is 'an operator had it told again';

alter table public.handler_backlog enable row level security;
revoke all on public.handler_backlog from public, anon, authenticated;
grant select, insert on public.handler_backlog to visapi_app;
grant update (replayed, state, attempts, due_at, problem, errors, settled_at) on public.handler_backlog to visapi_app;
create policy backend on public.handler_backlog to visapi_app using (true) with check (true);
