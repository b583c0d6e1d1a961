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
