-- From where a change was asked for over HTTP: the address of the caller's socket, or what a trusted proxy says of it.
-- Written with the event by the commands of operators; of webhooks it is not kept. Read by GET /events and GET /audit.
-- Seals cover it where it is not null, so that seals of before stand.
alter table public.events add column ip text;
comment on column public.events.ip is 'Address of whoever asked for it over HTTP; null for everything else';
