-- no-transaction
-- Read by lists of the messages of a template that is seldom sent.
create index concurrently messages_template_idx on public.messages (template, effect_id);
