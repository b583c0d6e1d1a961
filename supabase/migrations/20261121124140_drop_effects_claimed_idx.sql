-- no-transaction
-- effects_lease_idx has taken its place.
drop index concurrently public.effects_claimed_idx;
