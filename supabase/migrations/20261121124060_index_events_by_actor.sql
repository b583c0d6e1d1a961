-- no-transaction
-- Read by whoever asks what somebody did. Half of all events are the worker's, and need no index to be found.
create index concurrently events_actor_idx on public.events (actor, position) where actor <> 'worker';
