-- What users may do, by role. Seeded here, edited by administrators; read by the guard of every process together with the user
-- (cached, and compared every other second). Permissions are the same words as the scopes of API keys.
create table public.roles (
  name text not null,
  position bigint generated always as identity,
  description text not null,
  permissions text[] not null,
  built_in boolean not null default false,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint roles_pkey primary key (name),
  constraint roles_position_key unique (position),
  constraint roles_name_check check (name ~ '^[a-z][a-z0-9-]{1,39}$'),
  constraint roles_admin_check check (name <> 'admin' or 'admin' = any (permissions))
);
comment on column public.roles.position is 'order of making; lists go by it, the newest first';
comment on column public.roles.built_in is 'came with the system and cannot be deleted';
comment on constraint roles_admin_check on public.roles is 'somebody must always be able to mend what others may do';

alter table public.roles enable row level security;
revoke all on public.roles from public, anon, authenticated;
grant select, insert, delete on public.roles to visapi_app;
grant update (description, permissions, updated_at) on public.roles to visapi_app;
create policy backend on public.roles to visapi_app using (true) with check (true);

insert into public.roles (name, description, permissions, built_in) values
  ('analytics', 'Numbers and history; sees orders, with whom they are of', '{orders:read,ledger:read,events:read,metrics:read}', true),
  ('support', 'Looks after orders and their customers',
    '{orders:read,orders:operate,deliveries:read,messages:read,integrations:airtable:read}', true),
  ('developer', 'Keeps the machinery running',
    '{logs:read,metrics:read,queues:*,events:*,deliveries:*,cache:*,docs:read,keys:read}', true),
  ('manager', 'All that support may do, and its people, keys and books',
    '{orders:*,deliveries:*,messages:read,integrations:airtable:*,ledger:read,events:read,metrics:read,logs:read,audit:read,docs:read,users:*,roles:read,keys:*,privacy:read}',
    true),
  ('admin', 'Everything', '{admin}', true);
