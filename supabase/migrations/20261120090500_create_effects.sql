-- Every intended action outside: one row per semantic key, written before the action, claimed with a lease while it
-- runs. `contact` is at-least-once, `message` is at-most-once: an interrupted message becomes uncertain, never planned.
create table public.effects (
  id uuid primary key,
  kind text not null,
  semantic_key text not null,
  order_id text not null references public.orders (order_id),
  lane text not null,
  state text not null,
  reason text,
  attempt integer not null default 0,
  claim_token uuid,
  lease_until timestamptz,
  due_at timestamptz not null default now(),
  queued_at timestamptz,
  first_claimed_at timestamptz,
  claimed_at timestamptz,
  accepted_at timestamptz,
  failed_at timestamptz,
  uncertain_at timestamptz,
  skipped_at timestamptz,
  evidence jsonb not null default '{}',
  correlation_id text not null,
  planned_at timestamptz not null default clock_timestamp(),
  constraint effects_semantic_key_key unique (semantic_key),
  constraint effects_kind_check check (kind in ('contact', 'message')),
  constraint effects_state_check check (state in ('planned', 'claimed', 'accepted', 'failed', 'uncertain', 'skipped')),
  constraint effects_lease_check check (state <> 'claimed' or lease_until is not null)
) with (fillfactor = 85);

-- One contact is written by one worker at a time.
create unique index effects_contact_lane_key on public.effects (lane) where kind = 'contact' and state = 'claimed';
create index effects_order_id_idx on public.effects (order_id);
create index effects_planned_idx on public.effects (due_at) where state = 'planned';
create index effects_claimed_idx on public.effects (lease_until) where state = 'claimed';
create index effects_attention_idx on public.effects (state) where state in ('failed', 'uncertain');

comment on column public.effects.claim_token is
  'made up by the claiming worker before it asks: lets it undo a claim whose confirmation it never heard';
comment on column public.effects.lane is 'what must not be acted on twice at once: the phone, for contacts';
comment on column public.effects.attempt is 'number of claims; the fencing token that every later write must name';

-- A message is an effect plus its text. Receipts only ever move it forward.
create table public.messages (
  effect_id uuid primary key references public.effects (id),
  order_id text not null references public.orders (order_id),
  template text not null,
  language text not null,
  phone text,
  parameters bytea,
  parameters_key_id text,
  next_state text,
  next_reason text,
  next_phone text,
  next_parameters bytea,
  provider_message_id text,
  binding text,
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  failed_at timestamptz,
  constraint messages_provider_message_id_key unique (provider_message_id),
  constraint messages_next_state_check check (next_state in ('planned', 'skipped')),
  constraint messages_binding_check check (binding in ('callback', 'inferred'))
) with (fillfactor = 85);
comment on column public.messages.next_state is
  'what the order demands since this message was claimed; takes effect if it turns out not to have been sent';
create index messages_order_id_idx on public.messages (order_id);
create index messages_unbound_phone_idx on public.messages (phone) where provider_message_id is null;

-- What CBB holds of a person, as far as it confirmed it to us. One row per phone.
create table public.contacts (
  phone text primary key,
  cbb_contact_id text,
  version text,
  confirmed_fields text[] not null default '{}',
  synced_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on column public.contacts.version is 'order id and content version that confirmed_fields belong to';

alter table public.effects enable row level security;
alter table public.messages enable row level security;
alter table public.contacts enable row level security;
revoke all on public.effects, public.messages, public.contacts from public, anon, authenticated;
grant select, insert, update on public.effects, public.messages, public.contacts to visapi_app;
create policy backend on public.effects to visapi_app using (true) with check (true);
create policy backend on public.messages to visapi_app using (true) with check (true);
create policy backend on public.contacts to visapi_app using (true) with check (true);
