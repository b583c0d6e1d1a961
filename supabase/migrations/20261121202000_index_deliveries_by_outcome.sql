-- no-transaction
-- Read by lists and replays of what was changed, skipped or rejected; most deliveries are accepted.
create index concurrently deliveries_outcome_idx on public.deliveries (outcome, position)
  where kind = 'order' and outcome <> 'accepted';
