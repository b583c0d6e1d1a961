-- How often an action was really tried, of the tries that its job's policy counts: decides when it is given up. `attempt`
-- counts every claim, as a fencing token must, also those that ended because the vendor asked for patience. Written by
-- the statements that give an effect back, read by those that claim it.
alter table public.effects add column tries integer not null default 0;
comment on column public.effects.tries is 'tries that count against the job''s policy; see libs/backend-kernel retry-policy';
