/**
 * What it means to whoever asked that a constraint refused a row, where that is no defect of ours: somebody else was
 * first. All of them are conflicts. A constraint that is not listed here guards against our own mistakes, and its
 * violation stays the bug it is.
 */
export const conflicts: Readonly<Record<string, string>> = {
  api_keys_prefix_key: 'There is an API key with this prefix already.',
  deliveries_accepted_order_key: 'Another delivery of this order was accepted at the same moment.',
  effects_contact_lane_key: 'This customer is being written to the CRM at this moment.',
  effects_semantic_key_key: 'This is owed already.',
  event_replays_running_key: 'The history is being told again to this handler already.',
  events_aggregate_version_key:
    'Somebody else changed this at the same moment; read it again before you try again.',
  orders_pkey: 'There is an order of this id already.',
  roles_pkey: 'There is a role of this name already.',
  users_email_key: 'Somebody else got this address at the same moment; sign in again.',
};

/** In words, if it is a constraint that callers can run into. */
export function meaningOf(constraint: string | undefined): string | undefined {
  return constraint !== undefined && Object.hasOwn(conflicts, constraint) ? conflicts[constraint] : undefined;
}
