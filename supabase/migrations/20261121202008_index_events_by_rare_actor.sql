-- no-transaction
-- Read by whoever asks what somebody did. The worker, the shop and Meta cause nearly all events, and need no index to be
-- found among the newest.
create index concurrently events_rare_actor_idx on public.events (actor, position)
  where actor not in ('worker', 'source:vizi', 'source:meta');
