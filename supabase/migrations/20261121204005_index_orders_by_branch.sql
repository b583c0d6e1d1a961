-- no-transaction
-- Read by lists and searches for a branch other than the one that most orders are of.
create index concurrently orders_branch_idx on public.orders (lower(branch collate "C"), delivery_position)
  where lower(branch collate "C") <> 'il';
