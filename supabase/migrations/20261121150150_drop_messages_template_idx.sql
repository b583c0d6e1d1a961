-- no-transaction
-- messages_rare_template_idx has taken its place.
drop index concurrently public.messages_template_idx;
