-- no-transaction
-- Five thousand orders at a time, each with a commit of its own, so that nobody waits for all of them. What orders are written
-- or changed meanwhile, free_orders_of_applicants copies before it drops anything. May be interrupted and run again.
do $$
declare
  reached text := '';
begin
  loop
    with batch as (
      select order_id, applicants, applicants_key_id from public.orders where order_id > reached order by order_id limit 5000
    ), copied as (
      insert into public.order_details (order_id, applicants, applicants_key_id)
      select order_id, applicants, applicants_key_id from batch
      on conflict (order_id) do nothing
    )
    select max(order_id) into reached from batch;
    exit when reached is null;
    commit;
  end loop;
end
$$;
