-- Meta's delivery receipts, append-only; message_id is filled once, when a receipt is bound to its message.
create table public.receipts (
  position bigint generated always as identity primary key,
  delivery_id uuid not null,
  provider_message_id text not null,
  status text not null,
  occurred_at timestamptz not null,
  recipient text not null,
  phone_number_id text,
  callback_data text,
  error_code text,
  pricing jsonb,
  message_id uuid references public.messages (effect_id),
  disowned boolean not null default false,
  received_at timestamptz not null default now(),
  constraint receipts_once_key unique (provider_message_id, status, occurred_at)
);
comment on column public.receipts.disowned is
  'was taken for a message that then turned out not to have been sent: belongs to none of ours';
create index receipts_message_id_idx on public.receipts (message_id);
create index receipts_unmatched_idx on public.receipts (recipient, position) where message_id is null;

alter table public.receipts enable row level security;
revoke all on public.receipts from public, anon, authenticated;
grant select, insert on public.receipts to visapi_app;
grant update (message_id, disowned) on public.receipts to visapi_app;
create policy backend on public.receipts to visapi_app using (true) with check (true);
