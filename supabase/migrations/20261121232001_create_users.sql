-- People who sign in. Written when somebody signs in (first = the row is made) and by administrators; read by the guard of every
-- process. Who they are and how they prove it is kept by Supabase Auth: the id is its own, no secret is here.
create table public.users (
  id uuid not null,
  position bigint generated always as identity,
  email text not null,
  email_lost_at timestamptz,
  role text not null default 'support',
  disabled_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  last_sign_in_at timestamptz,
  constraint users_pkey primary key (id),
  constraint users_position_key unique (position),
  constraint users_email_check check (email = lower(email)),
  constraint users_role_fkey foreign key (role) references public.roles (name)
);
create unique index users_email_key on public.users (email) where email_lost_at is null;
create index users_role_idx on public.users (role);
comment on column public.users.position is 'order of first sign-in; lists go by it, the newest first';
comment on column public.users.email_lost_at is
  'since when the address is another user''s: Auth gave it to an account made anew, which has no claim to the role of this one';

alter table public.users enable row level security;
revoke all on public.users from public, anon, authenticated;
grant select, insert on public.users to visapi_app;
grant update (email, email_lost_at, role, disabled_at, last_sign_in_at) on public.users to visapi_app;
create policy backend on public.users to visapi_app using (true) with check (true);
