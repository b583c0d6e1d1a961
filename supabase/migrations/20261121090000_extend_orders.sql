-- All that a form says, as interpreted; who its applicants are; and which changes a person has to look at.
alter table public.orders
  add column validity_days integer,
  add column details bytea,
  add column details_key_id text,
  add column review text[] not null default '{}',
  add column imported_at timestamptz;

comment on column public.orders.validity_days is 'days the document is valid, from product.validity; null = unknown';
comment on column public.orders.details is 'JSON of everything else the form says; encrypted when details_key_id is set';
comment on column public.orders.review is
  'names of money and product fields that a later delivery changed, until an operator has looked at them';
comment on column public.orders.imported_at is 'taken over from the system used before; null = came by webhook or by hand';

create index orders_review_idx on public.orders (delivery_position) where review <> '{}';
create index orders_warnings_idx on public.orders using gin (warnings);

-- Applicants by the id the shop gives them: notices about one applicant find their order by it. Written with the order.
create table public.order_applicants (
  order_id text not null references public.orders (order_id),
  ordinal smallint not null,
  applicant_id text not null,
  removed boolean not null default false,
  constraint order_applicants_pkey primary key (order_id, ordinal)
);
comment on column public.order_applicants.removed is 'a later delivery no longer names this applicant';
create index order_applicants_applicant_id_idx on public.order_applicants (applicant_id);

alter table public.order_applicants enable row level security;
revoke all on public.order_applicants from public, anon, authenticated;
grant select, insert on public.order_applicants to visapi_app;
grant update (applicant_id, removed) on public.order_applicants to visapi_app;
create policy backend on public.order_applicants to visapi_app using (true) with check (true);
