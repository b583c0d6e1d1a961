-- Sessions of people, by the id that Supabase Auth gave them. Written when one starts, is first seen and ends; read by every
-- process, which looks for those that ended since its last look. Who a user is stands in `users`; a session may be seen
-- before its user is registered, so there is no foreign key.
create table public.sessions (
  id uuid primary key,
  user_id uuid not null,
  -- How it started; 'elsewhere' = not through this API, but with a token of the same project.
  method text not null,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  end_reason text,
  event_version integer not null default 0,
  constraint sessions_method_check check (method in ('password', 'magic-link', 'recovery', 'signup', 'invite', 'email-change', 'elsewhere')),
  constraint sessions_end_check check ((ended_at is null) = (end_reason is null)),
  constraint sessions_end_reason_check check (end_reason in ('signed-out', 'signed-out-everywhere', 'password-changed', 'token-reused', 'refused'))
);
create index sessions_ended_at_idx on public.sessions (ended_at) where ended_at is not null;
create index sessions_user_id_idx on public.sessions (user_id, ended_at);

alter table public.sessions enable row level security;
revoke all on public.sessions from public, anon, authenticated;
-- Deleted are sessions that ended long ago, when their user starts a new one.
grant select, insert, update, delete on public.sessions to visapi_app;
create policy backend on public.sessions to visapi_app using (true) with check (true);

-- Refresh tokens by their keyed hash, never the tokens: one that comes a second time was stolen, from its owner or by him
-- who comes first, and ends its session.
create table public.session_tokens (
  token_hash bytea primary key,
  session_id uuid not null,
  used_at timestamptz,
  created_at timestamptz not null default now(),
  constraint session_tokens_session_id_fkey foreign key (session_id) references public.sessions (id) on delete cascade,
  constraint session_tokens_token_hash_length check (octet_length(token_hash) = 32)
);
comment on column public.session_tokens.token_hash is 'HMAC-SHA-256 of the token, keyed with the pepper';
create index session_tokens_session_id_idx on public.session_tokens (session_id);

alter table public.session_tokens enable row level security;
revoke all on public.session_tokens from public, anon, authenticated;
grant select, insert, update, delete on public.session_tokens to visapi_app;
create policy backend on public.session_tokens to visapi_app using (true) with check (true);
