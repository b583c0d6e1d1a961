-- no-transaction
-- effects_due_idx has taken its place.
drop index concurrently public.effects_planned_idx;
