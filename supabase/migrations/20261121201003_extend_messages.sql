-- Messages besides the confirmation: what a message is for, whether it waits for its contact, and what it repeats.
-- Until now a message was a confirmation. The default says so of every row without writing one; contacts are named by the
-- next migration, and check_purposes takes the default away.
-- `tries`: how often an action was really tried, of the tries that its job's policy counts: decides when it is given up.
-- `attempt` counts every claim, as a fencing token must, also those that ended because the vendor asked for patience. Written
-- by the statements that give an effect back, read by those that claim it.
alter table public.effects
  add column purpose text not null default 'confirmation',
  add column awaits_contact boolean not null default true,
  add column resend_of uuid references public.effects (id),
  add column tries integer not null default 0;
comment on column public.effects.awaits_contact is
  'false = sent to a phone that an operator named, whether or not the CRM knows it';
comment on column public.effects.resend_of is
  'the message that an operator had sent again by this one; the newest of such a chain counts';
comment on column public.effects.tries is 'tries that count against the job''s policy; see libs/backend-kernel retry-policy';

alter table public.messages
  add column document bytea,
  add column document_key_id text,
  add column applicant_id text;
comment on column public.messages.document is 'JSON of the header''s document, { link, filename }; null = none';
