-- no-transaction
-- No query looks for messages by applicant: they are found by their order.
drop index concurrently public.messages_applicant_id_idx;
