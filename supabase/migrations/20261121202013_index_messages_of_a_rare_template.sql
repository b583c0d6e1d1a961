-- no-transaction
-- Read by lists of the messages of a template that is seldom sent. Every order is confirmed: the newest confirmations are
-- found among the newest of all messages.
create index concurrently messages_rare_template_idx on public.messages (template, effect_id)
  where template <> 'order_confirmation_global';
