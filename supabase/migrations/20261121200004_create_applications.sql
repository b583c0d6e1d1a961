-- Defects of an application that its applicant is asked to mend. Written by the webhook of the agency's staff system;
-- the same issues of one applicant within a window are one row, counted. Matched to an order by the applicant's id,
-- now or when the order comes.
create table public.applicant_issues (
  id uuid primary key,
  applicant_id text not null,
  order_id text,
  content_hash bytea not null,
  issues bytea not null,
  issues_key_id text,
  phone text,
  state text not null,
  reason text,
  repeats integer not null default 0,
  last_repeat_at timestamptz,
  api_key_id uuid,
  correlation_id text not null,
  reported_at timestamptz not null default clock_timestamp(),
  matched_at timestamptz,
  constraint applicant_issues_state_check check (state in ('unmatched', 'planned', 'skipped')),
  constraint applicant_issues_order_check check ((state = 'unmatched') = (order_id is null))
);
create index applicant_issues_applicant_id_idx on public.applicant_issues (applicant_id, reported_at);
create index applicant_issues_unmatched_idx on public.applicant_issues (reported_at) where state = 'unmatched';
create index applicant_issues_order_id_idx on public.applicant_issues (order_id);
comment on column public.applicant_issues.issues is 'canonical JSON of categories and codes; encrypted when issues_key_id is set';
comment on column public.applicant_issues.phone is 'E.164 that the sender named instead of the order''s; null = the order''s';

-- One row per record of the completed view in Airtable. `done` is written in the transaction that plans its messages
-- (or records why there are none): processed means done. Nothing is ever marked done because a table was empty.
create table public.visa_records (
  record_id text primary key,
  order_id text,
  state text not null,
  reason text,
  applications bytea,
  applications_key_id text,
  completed_at timestamptz,
  first_seen_at timestamptz not null default clock_timestamp(),
  last_seen_at timestamptz not null default clock_timestamp(),
  checked_at timestamptz,
  done_at timestamptz,
  done_by text,
  constraint visa_records_state_check check (state in ('pending', 'done')),
  constraint visa_records_done_check check ((state = 'done') = (done_at is not null))
);
create index visa_records_pending_idx on public.visa_records (checked_at nulls first) where state = 'pending';
create index visa_records_order_id_idx on public.visa_records (order_id);
comment on column public.visa_records.reason is
  'why it is still pending (order-unknown, no-document, unreadable, ...) or how it was done (told, bootstrap, stale, ...)';

-- What is asked of an outside system at intervals: one worker at a time, whatever their number.
create table public.polls (
  name text primary key,
  due_at timestamptz not null default clock_timestamp(),
  requested boolean not null default false,
  bootstrap_by text,
  bootstrap_reason text,
  bootstrap_at timestamptz,
  lease_until timestamptz,
  claim_token uuid,
  started_at timestamptz,
  finished_at timestamptz,
  problem text,
  seen integer not null default 0
);
comment on column public.polls.requested is 'an operator asked for it now, also where it never runs by itself';
comment on column public.polls.bootstrap_by is
  'operator whose word it is that what was completed before bootstrap_at was told by other means; done by the next run';
insert into public.polls (name) values ('completed-visas');

alter table public.applicant_issues enable row level security;
alter table public.visa_records enable row level security;
alter table public.polls enable row level security;
revoke all on public.applicant_issues, public.visa_records, public.polls from public, anon, authenticated;
grant select, insert, update on public.applicant_issues, public.visa_records, public.polls to visapi_app;
create policy backend on public.applicant_issues to visapi_app using (true) with check (true);
create policy backend on public.visa_records to visapi_app using (true) with check (true);
create policy backend on public.polls to visapi_app using (true) with check (true);
