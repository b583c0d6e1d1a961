-- no-transaction
-- Read by statistics: a fact that an operator has discarded was never counted, so its order is looked at itself.
create index concurrently handler_backlog_discarded_idx on public.handler_backlog (handler, aggregate_type, aggregate_id)
  where state = 'discarded';
