-- no-transaction
-- Read by whoever looks for the newest of a chain of messages that an operator had sent again.
create index concurrently effects_resend_of_idx on public.effects (resend_of) where resend_of is not null;
