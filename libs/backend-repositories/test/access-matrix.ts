interface Line {
  /** Verbs that the application may use on all of it; `update` only where it may change every column. */
  readonly may: string;
  /** Columns that it may change, where not all. */
  readonly columns?: readonly string[];
  /** Why it may delete, or have something done that only the owner may. */
  readonly why?: string;
}

/**
 * What the backend's role (`visapi_app`) may do, thing by thing. Every other role may do nothing: not `anon`, not
 * `authenticated`, not `service_role`. A new table, sequence or function gets its line here, or the test fails.
 */
export const matrix: Readonly<Record<string, Line>> = {
  'public.api_keys': { may: 'select insert update' },
  'public.applicant_issues': { may: 'select insert update' },
  'public.contacts': { may: 'select insert update' },
  'public.counted_orders': {
    may: 'select insert update delete',
    why: 'a projection of the orders, which a rebuild begins with nothing',
  },
  'public.data_keys': { may: 'select insert', columns: ['destroyed_at', 'key_id', 'wrapped'] },
  'public.dead_letters': {
    may: 'select insert',
    columns: ['attempts', 'errors', 'last_failed_at', 'reason', 'resolved_at', 'resolved_by', 'state'],
  },
  'public.delete_logs(before timestamp with time zone, most integer, since timestamp with time zone) (as its owner)':
    { may: 'execute', why: 'takes away lines of the log, none of the last day' },
  'public.deliveries': {
    may: 'select insert',
    columns: [
      'applied_at',
      'last_repeat_at',
      'order_id',
      'outcome',
      'overdue_at',
      'problems',
      'queued_at',
      'repeats',
      'state',
    ],
  },
  'public.deliveries_position_seq': { may: 'usage' },
  'public.delivery_bodies': { may: 'select insert' },
  'public.drop_log_partition(keep_days integer) (as its owner)': {
    may: 'execute',
    why: 'drops a month of the log when all of it is older than what is kept, none of the last day',
  },
  'public.effects': { may: 'select insert update' },
  'public.empty_deliveries(before timestamp with time zone, most integer, since uuid) (as its owner)': {
    may: 'execute',
    why: 'takes away bytes of deliveries that are long done and that nobody waits for',
  },
  'public.erasures': { may: 'select insert' },
  'public.event_horizon': {
    may: 'select',
    columns: ['pending_at', 'pending_position', 'pending_xmax', 'safe_position'],
  },
  'public.event_replays': {
    may: 'select insert',
    columns: [
      'position',
      'finished_at',
      'handled',
      'next_at',
      'problem',
      'reset_at',
      'state',
      'to_position',
      'total',
    ],
  },
  'public.event_seals': { may: 'select insert' },
  'public.events': { may: 'select insert' },
  'public.events_position_seq': { may: '' },
  'public.forget_traces(forgotten text[], phones text[]) (as its owner)': {
    may: 'execute',
    why: 'erases what is left of a person whose orders are forgotten in the same transaction',
  },
  'public.handler_backlog': {
    may: 'select insert',
    columns: ['attempts', 'due_at', 'errors', 'problem', 'replayed', 'settled_at', 'state'],
  },
  'public.idempotency_keys': {
    may: 'select insert delete',
    columns: [
      ...['attempt', 'body', 'body_key_id', 'headers', 'locked_until', 'outcome', 'resource_id', 'state'],
      'status',
    ],
    why: 'answers whose time is over, and tries that came to nothing',
  },
  'public.logs': { may: 'select insert' },
  'public.logs (partition)': { may: '' },
  'public.make_log_partition(month timestamp with time zone)': { may: '' },
  'public.make_log_partitions() (as its owner)': {
    may: 'execute',
    why: 'makes the partitions of this month and the next',
  },
  'public.messages': { may: 'select insert update' },
  'public.order_applicants': { may: 'select insert', columns: ['applicant_id', 'removed'] },
  'public.order_counts': {
    may: 'select insert update delete',
    why: 'a projection of the orders, which a rebuild begins with nothing',
  },
  'public.order_details': {
    may: 'select insert',
    columns: ['applicants', 'applicants_key_id', 'details', 'details_key_id'],
  },
  'public.order_revenues': {
    may: 'select insert update delete',
    why: 'a projection of the orders, which a rebuild begins with nothing',
  },
  'public.orders': { may: 'select insert update' },
  'public.outbox': {
    may: 'select insert update delete',
    why: 'positions of facts that have been told; the facts stay',
  },
  'public.polls': { may: 'select insert update' },
  'public.put_into_outbox()': { may: '' },
  'public.receipts': { may: 'select insert', columns: ['disowned', 'message_id'] },
  'public.receipts_position_seq': { may: '' },
  'public.roles': {
    may: 'select insert delete',
    columns: ['description', 'permissions', 'updated_at'],
    why: 'a role that nobody holds',
  },
  'public.roles_position_seq': { may: '' },
  'public.seal_delivery_body(delivery uuid, sealed bytea, sealed_by text) (as its owner)': {
    may: 'execute',
    why: 'puts encrypted bytes in the place of plain ones',
  },
  'public.session_tokens': {
    may: 'select insert update delete',
    why: 'tokens of sessions that ended long ago',
  },
  'public.sessions': { may: 'select insert update delete', why: 'sessions that ended long ago' },
  'public.users': {
    may: 'select insert',
    columns: ['disabled_at', 'email', 'email_lost_at', 'last_sign_in_at', 'role'],
  },
  'public.users_position_seq': { may: '' },
  'public.visa_records': { may: 'select insert update' },
  'supabase_migrations.schema_migrations': { may: '' },
};
