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

-- A relay of the code before this marks facts in `events`: what it has marked leaves the outbox, too. Goes with the mark.
create function public.take_marked_out_of_outbox() returns trigger language plpgsql as $$
begin
  delete from public.outbox o using changed c where o.position = c.position and c.dispatched_at is not null;
  return null;
end
$$;
revoke execute on function public.put_into_outbox(), public.take_marked_out_of_outbox() from public, anon, authenticated;

-- Nobody appends, locks or marks facts until this is through, so that each is in the outbox once.
lock table public.events in exclusive mode;
create trigger events_outbox after insert on public.events
  referencing new table as added for each statement execute function public.put_into_outbox();
create trigger events_marked after update on public.events
  referencing new table as changed for each statement execute function public.take_marked_out_of_outbox();
insert into public.outbox (position) select position from public.events where dispatched_at is null;
