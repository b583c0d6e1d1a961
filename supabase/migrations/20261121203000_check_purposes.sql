-- From now on whoever plans an effect says what it is for. Of the rows that are there validate_purposes sees to it, without
-- keeping anybody from the table meanwhile.
alter table public.effects
  alter column purpose drop default,
  add constraint effects_purpose_check check (purpose in ('contact', 'confirmation', 'issues', 'visa')) not valid,
  add constraint effects_kind_purpose_check check ((kind = 'contact') = (purpose = 'contact')) not valid;
