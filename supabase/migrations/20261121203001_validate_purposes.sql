-- Takes the contacts that name_purposes_of_contacts passed over or that were planned between it and check_purposes, then reads
-- the table once to know that all rows fit; both beside whoever reads and writes it.
update public.effects set purpose = 'contact' where kind = 'contact' and purpose <> 'contact';
alter table public.effects
  validate constraint effects_purpose_check,
  validate constraint effects_kind_purpose_check;
