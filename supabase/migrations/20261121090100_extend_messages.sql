-- Messages besides the confirmation: what a message is for, whether it waits for its contact, and what it repeats.
alter table public.effects
  add column purpose text,
  add column awaits_contact boolean not null default true,
  add column resend_of uuid references public.effects (id);
update public.effects set purpose = case kind when 'contact' then 'contact' else 'confirmation' end;
alter table public.effects
  alter column purpose set not null,
  add constraint effects_purpose_check check (purpose in ('contact', 'confirmation', 'issues', 'visa')),
  add constraint effects_kind_purpose_check check ((kind = 'contact') = (purpose = 'contact'));
create index effects_resend_of_idx on public.effects (resend_of) where resend_of is not null;

comment on column public.effects.awaits_contact is
  'false = sent to a phone that an operator named, whether or not the CRM knows it';
comment on column public.effects.resend_of is
  'the message that an operator had sent again by this one; the newest of such a chain counts';

alter table public.messages
  add column document bytea,
  add column document_key_id text,
  add column applicant_id text;
comment on column public.messages.document is 'JSON of the header''s document, { link, filename }; null = none';
create index messages_applicant_id_idx on public.messages (applicant_id) where applicant_id is not null;
