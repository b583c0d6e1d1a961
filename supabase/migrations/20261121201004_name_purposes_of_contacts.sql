-- no-transaction
-- Five thousand contacts at a time, each with a commit of its own, so that nobody waits for all of them. Passes over what
-- somebody is at work on: validate_purposes takes what is left. May be interrupted and run again.
do $$
declare
  reached uuid := '00000000-0000-0000-0000-000000000000';
begin
  loop
    with batch as materialized (
      select id from public.effects where id > reached and kind = 'contact' and purpose <> 'contact'
      order by id limit 5000 for no key update skip locked
    ), named as (
      update public.effects e set purpose = 'contact' from batch where e.id = batch.id
    )
    select (array_agg(id order by id desc))[1] into reached from batch;
    exit when reached is null;
    commit;
  end loop;
end
$$;
