-- Orders as interpreted from their deliveries. Written by create-order; flags are set where effects are recorded.
create table public.orders (
  order_id text primary key,
  delivery_id uuid not null,
  delivery_position bigint not null,
  applied_position bigint not null,
  content_version integer not null default 1,
  event_version integer not null default 0,
  first_received_at timestamptz not null,
  form_id text,
  branch text not null,
  domain text,
  payment_processor text,
  payment_id text,
  amount numeric(20, 4),
  currency text,
  order_status text,
  client_name text,
  client_email text,
  client_phone text,
  client_sex text,
  whatsapp_alerts_enabled boolean not null,
  product_name text,
  product_country text,
  product_doc_type text,
  product_intent text,
  product_entries text,
  product_validity text,
  stay_limit integer,
  visa_quantity integer,
  urgency text,
  is_urgent boolean not null,
  processing_days integer,
  entry_date date,
  applicants bytea,
  applicants_key_id text,
  warnings text[] not null default '{}',
  cbb_synced boolean not null default false,
  whatsapp_confirmation_sent boolean not null default false,
  processed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint orders_client_sex_check check (client_sex in ('m', 'f'))
) with (fillfactor = 85);

create index orders_delivery_position_idx on public.orders (delivery_position);
create index orders_client_phone_idx on public.orders (client_phone, delivery_position);
create index orders_client_email_idx on public.orders (client_email);
create index orders_unprocessed_idx on public.orders (created_at) where processed_at is null;

comment on column public.orders.branch is 'as received in lower case, or taken from the order id; "unknown" when neither says';
comment on column public.orders.client_phone is 'E.164; null = no valid phone, messaging is withheld';
comment on column public.orders.delivery_position is 'position of the first delivery: decides which order of a phone is newest';
comment on column public.orders.applied_position is 'position of the newest delivery whose content the row holds';
comment on column public.orders.event_version is 'version of the newest event of this order; also its optimistic lock';
comment on column public.orders.applicants is 'JSON of all applicants; encrypted when applicants_key_id is set';

alter table public.orders enable row level security;
revoke all on public.orders from public, anon, authenticated;
grant select, insert, update on public.orders to visapi_app;
create policy backend on public.orders to visapi_app using (true) with check (true);
