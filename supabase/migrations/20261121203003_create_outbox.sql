-- Positions of the facts that nobody has been told of yet; what they say stands in `events`. Filled with every fact by a trigger
-- in the fact's own transaction, whichever statement appends it; locked and deleted by the relay, which hands them on.
-- So a fact is written once and never again, and the relay reads a table of what is under way instead of an index of a history.
-- No foreign key: facts are never deleted, and looking each up would cost the transactions of customers.
create table public.outbox (
  position bigint constraint outbox_pkey primary key
);

-- Every row dies within moments. To clean up costs next to nothing as long as it is done often; the relay passes over what is
-- left with every look. Free pages are kept for the next burst: giving them back would take the table away from everybody.
alter table public.outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0, vacuum_index_cleanup = on, vacuum_truncate = off);

alter table public.outbox enable row level security;
revoke all on public.outbox from public, anon, authenticated;
grant select, insert, delete on public.outbox to visapi_app;
-- Locking a row (`for update`) asks for it; nothing changes a position.
grant update (position) on public.outbox to visapi_app;
create policy backend on public.outbox to visapi_app using (true) with check (true);

-- Names every table with its schema instead of setting a search path, which would cost each call.
create function public.put_into_outbox() returns trigger language plpgsql as $$
begin
  insert into public.outbox (position) select position from added;
  return null;
end
$$;
revoke execute on function public.put_into_outbox() from public, anon, authenticated;

-- Nobody appends or marks facts until this is through, so that each is in the outbox once. A process of the code before goes on
-- appending facts, which the trigger puts into the outbox; its relay stands still until it is replaced.
lock table public.events in access exclusive mode;
create trigger events_outbox after insert on public.events
  referencing new table as added for each statement execute function public.put_into_outbox();
insert into public.outbox (position) select position from public.events where dispatched_at is null;

-- The outbox has taken the place of the mark. From here on the application may add to `events` and change nothing.
drop index public.events_undispatched_idx;
alter table public.events drop column dispatched_at;
