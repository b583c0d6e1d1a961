-- The tables of the bare ingest: our columns, checks and indexes, without row security, with the body in its row.
create schema bare;
create table bare.deliveries (like public.deliveries including all, body bytea not null, headers text not null);
create table bare.events (like public.events including all);
create table bare.outbox (like public.outbox including all);
