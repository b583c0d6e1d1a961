-- no-transaction
-- Read by the sweep of expired leases. Takes the place of effects_claimed_idx.
-- An expression, so that only statements which look for all of them can use it. One that names its row would else be
-- planned, while hardly any row is in this state, to read them all, and keep that plan when a hundred thousand are.
create index concurrently effects_lease_idx on public.effects (lease_until) where state || '' = 'claimed';
