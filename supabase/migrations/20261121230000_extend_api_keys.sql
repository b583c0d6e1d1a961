-- Keys that are given out over HTTP: by whom, from where they may be used, and the secret before this one, which a rotation leaves
-- valid for a while. Written by the commands of key administration; read by the guard of every process with the key's one lookup.
alter table public.api_keys
  add column created_by text not null default 'seed',
  add column allowed_networks cidr[] not null default '{}',
  add column previous_hashed_secret bytea,
  add column previous_expires_at timestamptz,
  add constraint api_keys_previous_hashed_secret_length check (octet_length(previous_hashed_secret) = 32),
  add constraint api_keys_previous_check check ((previous_hashed_secret is null) = (previous_expires_at is null)),
  add constraint api_keys_name_check check (length(name) between 1 and 200);
comment on column public.api_keys.created_by is 'as in events: key:<id> or user:<id>; seed for those that came with the installation';
comment on column public.api_keys.allowed_networks is 'where it may be used from; empty = everywhere';
comment on column public.api_keys.previous_hashed_secret is 'as hashed_secret; accepted until previous_expires_at';
