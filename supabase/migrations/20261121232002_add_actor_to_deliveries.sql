-- Who gave an order by hand, a key or a user; null for what comes from its source by itself. Written with the delivery, read by
-- the timeline and by the facts about the order that is made of it.
alter table public.deliveries add column actor text;
