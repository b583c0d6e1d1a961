-- The keys that sealed columns are encrypted with, themselves encrypted by a key of the keyring (ENCRYPTION_KEYS). A person has
-- one: destroying it makes everything that was sealed with it unreadable, here, in every replica and in every backup that does
-- not hold this row any more. Found or made by whoever seals (`findOrMakeKeys`); `wrapped` and `key_id` are written again by
-- the worker when the keyring's first key has changed; destroyed by an erasure, never deleted.
create table public.data_keys (
  id uuid primary key,
  purpose text not null,
  subject bytea,
  wrapped bytea,
  key_id text not null,
  created_at timestamptz not null default clock_timestamp(),
  destroyed_at timestamptz,
  constraint data_keys_purpose_check check (purpose in ('person', 'deliveries', 'index')),
  constraint data_keys_subject_check check ((purpose = 'deliveries') = (subject is null)),
  constraint data_keys_subject_length check (octet_length(subject) = 32),
  constraint data_keys_destroyed_check check ((wrapped is null) = (destroyed_at is not null))
) with (fillfactor = 90, autovacuum_vacuum_insert_scale_factor = 0.05);
-- One living key per person. Whom it is of is not to be read from it: subjects are HMACs.
create unique index data_keys_living_subject_key on public.data_keys (subject) where destroyed_at is null;

comment on column public.data_keys.subject is
  'HMAC-SHA-256 of the person under the index key, which is a row of this table; null = of no person';
comment on column public.data_keys.wrapped is 'AES-256-GCM of the data key, bound to id and purpose; null = destroyed';
comment on column public.data_keys.key_id is 'which key of ENCRYPTION_KEYS wrapped it';

alter table public.data_keys enable row level security;
revoke all on public.data_keys from public, anon, authenticated;
grant select, insert on public.data_keys to visapi_app;
grant update (wrapped, key_id, destroyed_at) on public.data_keys to visapi_app;
create policy backend on public.data_keys to visapi_app using (true) with check (true);

-- A message that is under way keeps in mind what the order demands by now, sealed like the words that it has.
alter table public.messages add column next_parameters_key_id text;

comment on column public.order_details.applicants is 'JSON of all applicants, sealed by the data key named in applicants_key_id; null there = plain';
comment on column public.order_details.details is
  'JSON of everything else the form says, sealed by the data key named in details_key_id; null there = plain';
comment on column public.messages.parameters is 'JSON list of texts, sealed by the data key named in parameters_key_id; null there = plain';
comment on column public.delivery_bodies.body is 'bytes as received, sealed by the data key named in key_id; null there = plain';

-- Bytes of deliveries cannot be written by the application but once; those of before are sealed by this, once as well.
create function public.seal_delivery_body(delivery uuid, sealed bytea, sealed_by text) returns boolean
language sql security definer set search_path = '' as $$
  with sealing as (
    update public.delivery_bodies set body = sealed, key_id = sealed_by
    where delivery_id = delivery and key_id is null and sealed_by is not null returning 1
  )
  select exists (select from sealing)
$$;
revoke execute on function public.seal_delivery_body(uuid, bytea, text) from public, anon, authenticated;
grant execute on function public.seal_delivery_body(uuid, bytea, text) to visapi_app;
