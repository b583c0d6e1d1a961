-- no-transaction
-- events_rare_actor_idx has taken its place.
drop index concurrently public.events_actor_idx;
