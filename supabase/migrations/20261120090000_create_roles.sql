-- Roles. On Supabase the first three exist already; on plain Postgres they are made so that grants and row security
-- mean the same everywhere. `visapi_app` is what backend and worker sign in as: it owns nothing and cannot bypass row
-- security. Its password is set by the launcher or the deployment, never here.
do $$
declare
  wanted text;
begin
  foreach wanted in array array['anon', 'authenticated', 'service_role'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      execute format('create role %I nologin noinherit', wanted);
    end if;
  end loop;
  if not exists (select from pg_roles where rolname = 'visapi_app') then
    create role visapi_app login noinherit nocreatedb nocreaterole;
  end if;
end
$$;

revoke create on schema public from public;
grant usage on schema public to visapi_app;
