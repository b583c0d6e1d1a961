-- Requests that may be repeated by their `Idempotency-Key`: who asked what, and what was answered. Written by the backend before
-- a request is done and before it is answered; `outcome` and `resource_id` by the command itself, in the transaction that does it,
-- so that a process killed afterwards leaves word of it. Emptied in batches by the worker once a row has expired.
create table public.idempotency_keys (
  id uuid primary key,
  owner text not null,
  key text not null,
  route text not null,
  body_hash bytea not null,
  state text not null default 'running',
  attempt integer not null default 1,
  locked_until timestamptz not null,
  outcome jsonb,
  resource_id text,
  status integer,
  headers jsonb,
  body bytea,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  constraint idempotency_keys_owner_key_key unique (owner, key),
  constraint idempotency_keys_key_check check (length(key) between 1 and 255),
  constraint idempotency_keys_body_hash_length check (octet_length(body_hash) = 32),
  constraint idempotency_keys_state_check check (state in ('running', 'done')),
  constraint idempotency_keys_done_check
    check (state = 'running' or resource_id is not null or (status is not null and headers is not null and body is not null))
  -- Written anew once or twice, in columns that no index holds: with room on the page the row stays there (HOT).
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.02);
-- Read by the worker that takes away what has expired.
create index idempotency_keys_expires_at_idx on public.idempotency_keys (expires_at);

comment on column public.idempotency_keys.owner is 'who may use the key again: `key:<id of the API key>` or `user:<id>`';
comment on column public.idempotency_keys.route is 'method and path as called';
comment on column public.idempotency_keys.body_hash is 'SHA-256 of the query and the raw body';
comment on column public.idempotency_keys.attempt is
  'number of tries; the fencing token that whoever writes an outcome or an answer must name';
comment on column public.idempotency_keys.locked_until is 'until when nobody else may try; longer than a request can take';
comment on column public.idempotency_keys.outcome is
  'what the command came to, until it is answered: what a process that was killed then leaves to the next try';
comment on column public.idempotency_keys.resource_id is
  'id of what was made, where the answer holds a secret: it is all that is kept of such an answer';

alter table public.idempotency_keys enable row level security;
revoke all on public.idempotency_keys from public, anon, authenticated;
grant select, insert, delete on public.idempotency_keys to visapi_app;
grant update (state, attempt, locked_until, outcome, resource_id, status, headers, body)
  on public.idempotency_keys to visapi_app;
create policy backend on public.idempotency_keys to visapi_app using (true) with check (true);
