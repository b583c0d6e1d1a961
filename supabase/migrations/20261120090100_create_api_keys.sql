-- API keys. Written by key administration and the seed; read by the guard of every process.
create table public.api_keys (
  id uuid primary key,
  name text not null,
  prefix text not null,
  hashed_secret bytea not null,
  scopes text[] not null default '{}',
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint api_keys_prefix_key unique (prefix),
  constraint api_keys_hashed_secret_length check (octet_length(hashed_secret) = 32)
);
comment on column public.api_keys.hashed_secret is 'HMAC-SHA-256 of the secret part, keyed with the pepper';

alter table public.api_keys enable row level security;
revoke all on public.api_keys from public, anon, authenticated;
grant select, insert, update on public.api_keys to visapi_app;
create policy backend on public.api_keys to visapi_app using (true) with check (true);
