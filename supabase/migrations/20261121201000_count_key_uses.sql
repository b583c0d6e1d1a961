-- How often an API key was used, beside when it was used last. Written in batches by every backend (one statement for
-- all keys each few minutes); read wherever keys are listed. event_version numbers the key's events.
alter table public.api_keys
  add column use_count bigint not null default 0,
  add column event_version integer not null default 0,
  add constraint api_keys_use_count_check check (use_count >= 0);
