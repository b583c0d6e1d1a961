-- Each has its successor by now: effects_due_idx, effects_lease_idx, deliveries_waiting_idx, and deliveries_of_order_idx, which
-- does without the deliveries of receipts: three of an order, without an order's id, twice each since a delivery is written
-- anew when it is applied.
drop index public.effects_planned_idx, public.effects_claimed_idx;
drop index public.deliveries_open_idx, public.deliveries_order_id_idx;
