-- no-transaction
-- Read by the sweeps of what is planned. Takes the place of effects_planned_idx.
-- An expression, so that only statements which look for all of them can use it. One that names its row would else be
-- planned, while hardly any row is in this state, to read them all, and keep that plan when a hundred thousand are.
create index concurrently effects_due_idx on public.effects (due_at) where state || '' = 'planned';
