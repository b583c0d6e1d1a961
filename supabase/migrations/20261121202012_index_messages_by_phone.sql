-- no-transaction
-- Read by lists of the messages of a phone.
create index concurrently messages_phone_idx on public.messages (phone, effect_id);
