-- The outbox has taken its place. A process of the code before goes on appending facts, which the trigger puts into the
-- outbox; its relay stands still until it is replaced. From here on the application may add to `events` and change nothing.
drop trigger events_marked on public.events;
drop function public.take_marked_out_of_outbox();
drop index public.events_undispatched_idx;
alter table public.events drop column dispatched_at;

-- No row is ever dead, so what tidied up after the mark is not needed. What is inserted still counts, for the maps by which an
-- index answers alone.
alter table public.events reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, vacuum_index_cleanup);
