-- Answers that are kept for a repeated request tell of people, so they are sealed like the bytes of deliveries, by the data key
-- that the process seals those with. Rows of before stay plain and readable until they expire.
alter table public.idempotency_keys add column body_key_id text;
grant update (body_key_id) on public.idempotency_keys to visapi_app;
comment on column public.idempotency_keys.body is
  'bytes as they were answered, sealed by the data key named in body_key_id; null there = plain';
