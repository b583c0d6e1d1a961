import { idSql, unfinished } from './names.js';

export type Query = Readonly<Record<string, unknown>>;

interface Step {
  readonly step: string;
  readonly text: string;
}

export const grownTables = [
  'deliveries',
  'delivery_bodies',
  'orders',
  'order_details',
  'order_applicants',
  'effects',
  'messages',
  'receipts',
  'contacts',
  'events',
  'visa_records',
  'applicant_issues',
  'counted_orders',
  'order_counts',
  'order_revenues',
] as const;

const claimed = unfinished.planned + unfinished.claimed;

/**
 * What became of each order. The last ones are under way; of the others most are done, some are withheld, and one in a
 * thousand each ended in one of the ways that somebody has to look at.
 */
const story = (orders: number) => `(
  select n, at, branch, case branch when 'il' then 'IL' else 'CO' end || n as order_id,
    case when n % 97 > 0 then '+972' || 500000000 + customer end as phone, 'Client' || customer || '@example.test' as email,
    case when n > ${orders - unfinished.open} then 'open' when n > ${orders - unfinished.planned} then 'planned'
      when n > ${orders - claimed} then case when n % 3 < 2 then 'claimed' else 'planned' end when branch = 'co' then 'foreign' when n % 97 = 0 then 'unreachable'
      when n % 1000 = 7 then 'lost' when n % 1000 = 8 then 'uncertain' when n % 1000 = 9 then 'refused'
      else 'done' end as fate,
    n % 10 = 1 and n <= ${orders - unfinished.planned} as changed
  from generate_series(1, ${orders}) as n,
    lateral (select now() - interval '365 days' * ((${orders} - n)::float8 / ${orders}) as at,
      case n % 5 when 0 then 'co' else 'il' end as branch, case n % 3 when 2 then n - 1 else n end as customer) as base
) as s`;

const written = `fate <> 'open'`;
const told = `fate = 'done'`;

/** Statements that fill the tables, in order. */
export function grownRows(orders: number): readonly Step[] {
  const from = `from ${story(orders)}`;
  return [
    { step: 'deliveries', text: deliveries(from) },
    { step: 'delivery bodies', text: bodies(from) },
    { step: 'orders', text: ordersRows(from) },
    { step: 'details of orders', text: details(from) },
    { step: 'applicants', text: applicants(from) },
    { step: 'effects', text: effects(from) },
    { step: 'messages', text: messages(from) },
    { step: 'receipts', text: receipts(from) },
    { step: 'contacts', text: contacts(from) },
    { step: 'events', text: events(from) },
    { step: 'outbox', text: outbox(from) },
    { step: 'seals', text: seals },
    { step: 'applications', text: applications(from) },
    { step: 'statistics of orders', text: statistics },
    { step: 'log', text: log(from) },
    {
      step: 'positions',
      text: `select setval(pg_get_serial_sequence('deliveries', 'position'), ${orders * 4 + 4})`,
    },
  ];
}

const deliveries = (from: string) => `
  insert into deliveries (id, position, kind, source, order_id, outcome, state, body_hash, repeats, problems,
    correlation_id, received_at, queued_at, applied_at)
  overriding system value
  select v.id, 4 * n + v.nth, v.kind, case v.kind when 'order' then 'vizi' else 'meta' end, v.order_id, v.outcome, v.state,
    sha256(convert_to(v.id::text, 'UTF8')), (n % 20 = 0)::int, case v.state when 'failed' then 'amount is no number' end,
    'delivery-' || n, at + v.after, case when v.state <> 'open' then at + v.after end,
    case when v.state in ('applied', 'failed') then at + v.after end
  ${from}, lateral (values
    (${idSql('delivery', 'n')}, 0, 'order', order_id, 'accepted', case when ${written} then 'applied' else 'open' end,
      interval '0', true),
    (${idSql('change', 'n')}, 1, 'order', case when n % 400 > 1 then order_id end,
      case when n % 400 > 1 then 'changed' else 'rejected' end,
      case when n % 400 <= 1 then 'closed' when n % 3000 = 11 then 'failed' else 'applied' end, interval '30 seconds', changed),
    (${idSql('receipts', 'n')}, 2, 'receipt', null, 'accepted', 'applied', interval '20 seconds', ${told})
  ) as v(id, nth, kind, order_id, outcome, state, after, happened)
  where v.happened`;

const bodies = (from: string) => `
  insert into delivery_bodies (delivery_id, body, headers)
  select v.id, convert_to(rpad('{"n":' || n || ',"form":"', v.size, md5(n::text)) || '"}', 'UTF8'), '{"content-type":"application/json"}'
  ${from}, lateral (values (${idSql('delivery', 'n')}, 1400, true), (${idSql('change', 'n')}, 1400, changed),
    (${idSql('receipts', 'n')}, 450, ${told})) as v(id, size, happened)
  where v.happened`;

const ordersRows = (from: string) => `
  insert into orders (order_id, delivery_id, delivery_position, applied_position, content_version, event_version,
    first_received_at, form_id, branch, domain, payment_processor, payment_id, amount, currency, order_status, client_name,
    client_email, client_phone, client_sex, whatsapp_alerts_enabled, product_name, product_country, product_doc_type,
    product_intent, product_entries, product_validity, validity_days, stay_limit, visa_quantity, urgency, is_urgent,
    processing_days, entry_date, warnings, review, cbb_synced, whatsapp_confirmation_sent,
    processed_at, created_at, updated_at)
  select order_id, ${idSql('delivery', 'n')}, 4 * n, 4 * n + changed::int, 1 + changed::int, 5, at, 'form-' || n, branch,
    branch || '.example.test', 'tranzila', 'pay-' || n, (100 + n * 7919::bigint % 90000 / 100.0)::numeric(20, 4),
    case branch when 'il' then 'ILS' else 'USD' end,
    case when n % 5000 = 4 then 'refunded' when n % 50 = 3 then 'canceled' when n % 3 = 0 then 'completed' else 'active' end,
    'דנה לדוגמה', email, phone, case n % 2 when 0 then 'm' else 'f' end, n % 100 > 0, 'visa-' || n % 120,
    'country' || case when n % 5000 = 6 then 0 else n % 60 + 1 end, 'evisa', 'tourism', 'multiple', '1 year', 365, 90,
    1 + n % 4, case n % 10 when 0 then 'urgent' else 'none' end, n % 10 = 0, 3, at::date + 40,
    case when n % 97 = 0 then array['phone:invalid'] when n % 700 = 1 then array['email:invalid'] else '{}' end,
    case when n % 2000 = 1 then array['amount'] else '{}' end,
    fate in ('done', 'uncertain', 'refused'), fate in ('done', 'refused'),
    case when fate in ('done', 'refused', 'foreign', 'unreachable') then at + interval '9 seconds' end, at, at
  ${from} where ${written}`;

const details = (from: string) => `
  insert into order_details (order_id, applicants, details)
  select order_id, convert_to(rpad('[{"name":"', 300, md5(n::text)) || '"}]', 'UTF8'),
    convert_to(rpad('{"', 400, md5(n::text)) || '"}', 'UTF8')
  ${from} where ${written}`;

const applicants = (from: string) => `
  insert into order_applicants (order_id, ordinal, applicant_id)
  select order_id, ordinal, 'A' || n || '-' || ordinal ${from}, generate_series(1, 1 + (n % 3) / 2) as ordinal
  where ${written}`;

const contactState = `case fate when 'planned' then case n % 2 when 0 then 'accepted' else 'planned' end when 'claimed' then 'claimed' when 'lost' then 'failed'
  when 'foreign' then 'skipped' when 'unreachable' then 'skipped' else 'accepted' end`;
const messageState = `case fate when 'planned' then 'planned' when 'claimed' then 'planned' when 'lost' then 'failed'
  when 'foreign' then 'skipped' when 'unreachable' then 'skipped' when 'uncertain' then 'uncertain' when 'refused' then 'failed'
  else 'accepted' end`;

const effects = (from: string) => `
  insert into effects (id, kind, purpose, semantic_key, order_id, lane, state, reason, attempt, claim_token, lease_until, due_at,
    queued_at, first_claimed_at, claimed_at, accepted_at, failed_at, uncertain_at, skipped_at, evidence, correlation_id,
    planned_at, resend_of)
  select v.id, v.kind, v.purpose, v.key, order_id, coalesce(phone, order_id), v.state,
    case v.state when 'failed' then case fate when 'lost' then 'contact-failed' else 'meta-131026' end
      when 'skipped' then case fate when 'foreign' then 'branch' else 'invalid-phone' end end,
    (v.state not in ('planned', 'skipped'))::int, case when v.kind = 'message' and v.state <> 'planned' then ${idSql('event', 'n')} end,
    case v.state when 'claimed' then now() + interval '1 hour' * (n % 2 - 0.5) end, at + v.after, at + v.after,
    v.claimed_at, v.claimed_at, case v.state when 'accepted' then v.ended_at end, case v.state when 'failed' then v.ended_at end,
    case v.state when 'uncertain' then v.ended_at end, case v.state when 'skipped' then v.ended_at end,
    case v.state when 'accepted' then '{"httpStatus":200,"tookMs":120}'::jsonb else '{}' end, 'delivery-' || n, at + v.after,
    v.resend_of
  ${from}, lateral (
    select given.*, case when given.state not in ('planned', 'skipped') then at + given.after + interval '1 second' end as claimed_at,
      at + given.after + interval '2 seconds' as ended_at
    from (values
      (${idSql('contact', 'n')}, 'contact', 'contact', 'contact:' || order_id || ':1', ${contactState}, interval '0', null::uuid, true),
      (${idSql('message', 'n')}, 'message', 'confirmation', 'message:order_confirmation:' || order_id, ${messageState},
        interval '0', null, true),
      (${idSql('notice', 'n')}, 'message', case when n % 1000 = 9 then 'confirmation' else 'issues' end, 'message:notice:' || n,
        'accepted', interval '1 day', case when n % 1000 = 9 then ${idSql('message', 'n')} end,
        (${told} and n % 20 = 2) or fate = 'refused')
    ) as given(id, kind, purpose, key, state, after, resend_of, happened) where happened
  ) as v
  where ${written}`;

const messages = (from: string) => `
  insert into messages (effect_id, order_id, template, language, phone, parameters, applicant_id, provider_message_id, binding,
    sent_at, delivered_at, read_at)
  select v.id, order_id, v.template, 'he', phone, convert_to('["דנה לדוגמה","הודו","IL","3"]', 'UTF8'),
    case when v.nth = 2 then 'A' || n || '-1' end,
    case when v.told and n % 40 <> 13 then 'wamid.' || n || '.' || v.nth end, case when v.told and n % 40 <> 13 then 'callback' end,
    case when v.told then at + interval '5 seconds' end, case when v.told then at + interval '6 seconds' end,
    case when v.told and n % 3 > 0 then at + interval '1 hour' end
  ${from}, lateral (values
    (${idSql('message', 'n')}, 1, 'order_confirmation_global', ${told}, true),
    (${idSql('notice', 'n')}, 2, 'issues_found', true, (${told} and n % 20 = 2) or fate = 'refused')
  ) as v(id, nth, template, told, happened)
  where v.happened and ${written}`;

const receipts = (from: string) => `
  insert into receipts (delivery_id, provider_message_id, status, occurred_at, recipient, phone_number_id, callback_data, pricing,
    message_id, received_at)
  select ${idSql('receipts', 'n')}, 'wamid.' || n || '.1', v.status, at + v.after, ltrim(phone, '+'), '100200300',
    ${idSql('message', 'n')}::text, '{"billable":true,"category":"utility"}', case when n % 40 <> 13 then ${idSql('message', 'n')} end,
    at + v.after
  ${from}, lateral (values ('sent', interval '5 seconds', true), ('delivered', interval '6 seconds', true),
    ('read', interval '1 hour', n % 3 > 0)) as v(status, after, happened)
  where ${told} and v.happened`;

const contacts = (from: string) => `
  insert into contacts (phone, cbb_contact_id, version, confirmed_fields, synced_at, created_at)
  select phone, 'cbb-' || n, order_id || '@1', '{name,phone,country}', at, at ${from} where fate in ('done', 'uncertain', 'refused')
  on conflict (phone) do nothing`;

const events = (from: string) => `
  insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload, occurred_at)
  select gen_random_uuid(), v.type, v.of, v.about, v.version, v.actor, 'delivery-' || n, v.payload, at + v.after
  ${from}, lateral (values
    ('delivery.received', 'delivery', ${idSql('delivery', 'n')}::text, 1, 'source:vizi', '{}'::jsonb, interval '0', true),
    ('order.created', 'order', order_id, 1, 'source:vizi', jsonb_build_object('deliveryId', ${idSql('delivery', 'n')}, 'branch', branch,
      'contactEffectId', ${idSql('contact', 'n')}, 'warnings', '[]'::jsonb), interval '1 second', ${written}),
    ('contact.synced', 'order', order_id, 2, 'worker', jsonb_build_object('contactEffectId', ${idSql('contact', 'n')},
      'messageEffectIds', jsonb_build_array(${idSql('message', 'n')})), interval '2 seconds', ${told}),
    ('message.accepted', 'order', order_id, 3, 'worker', jsonb_build_object('messageEffectId', ${idSql('message', 'n')}),
      interval '4 seconds', ${told}),
    ('receipts.received', 'delivery', ${idSql('receipts', 'n')}::text, 1, 'source:meta', '{}', interval '20 seconds', ${told}),
    ('delivery.received', 'delivery', ${idSql('change', 'n')}::text, 1, 'source:vizi', '{}', interval '30 seconds', changed and n % 400 > 1),
    ('operator.delivery-replayed', 'delivery', ${idSql('change', 'n')}::text, 2, 'operator:' || n % 3, '{}', interval '1 hour',
      changed and n % 5000 = 11),
    ('order.changed', 'order', order_id, 4, 'source:vizi', '{"fields":["amount"]}', interval '31 seconds', changed and n % 400 > 1)
  ) as v(type, of, about, version, actor, payload, after, happened)
  where v.happened`;

/** What arrived last: half of it has been handed on. Triggers do not fire here. */
const outbox = (from: string) => `
  insert into outbox (position) select e.position ${from} join events e on e.correlation_id = 'delivery-' || n
  where not (${written}) and n % 2 = 1`;

/** Seals of a thousand events each; their hashes are none. The newest events are not sealed yet. */
const seals = `
  insert into event_seals (sequence, first_position, last_position, events, previous_hash, hash)
  select s, 1000 * (s - 1) + 1, 1000 * s, 1000, sha256(int4send(s - 1)), sha256(int4send(s))
  from generate_series(1, greatest((select max(position) from events)::int / 1000 - 1, 1)) as s;
  update event_horizon set safe_position = (select max(position) from events),
    pending_position = (select max(position) from events)`;

const applications = (from: string) => `
  insert into visa_records (record_id, order_id, state, reason, completed_at, first_seen_at, last_seen_at, checked_at, done_at, done_by)
  select 'rec' || lpad(n::text, 12, '0'), order_id, case when n % 900 = 1 then 'pending' else 'done' end,
    case when n % 900 = 1 then 'no-document' else 'told' end, at + interval '4 days', at, at, at,
    case when n % 900 <> 1 then at end, case when n % 900 <> 1 then 'worker' end
  ${from} where ${written} and n % 3 = 1;
  insert into applicant_issues (id, applicant_id, order_id, content_hash, issues, state, correlation_id, reported_at, matched_at)
  select ${idSql('issue', 'n')}, case when n % 2000 = 2 then 'B' else 'A' end || n || '-1', case when n % 2000 <> 2 then order_id end,
    sha256(convert_to(n::text, 'UTF8')), '[]', case when n % 2000 = 2 then 'unmatched' else 'planned' end, 'issue-' || n, at,
    case when n % 2000 <> 2 then at end
  ${from} where ${written} and n % 20 = 2`;

const statistics = `
  insert into counted_orders (order_id, created_at, branch, status, country, product, currency, amount)
  select order_id, created_at, branch, order_status, product_country, product_name, currency, amount
  from orders order by created_at;
  insert into order_counts (hours, begins, respect, value, orders)
  select hours, date_bin(make_interval(hours => hours), created_at, '1970-01-01 00:00+00'), respect, value, count(*)
  from counted_orders cross join unnest(array[4, 24, 144, 864]) as hours
    cross join lateral (values ('branch', branch), ('status', status), ('country', country), ('product', product))
      as marginal(respect, value)
  group by 1, 2, 3, 4 order by 1, 2;
  insert into order_revenues (hours, begins, currency, orders, priced, revenue)
  select hours, date_bin(make_interval(hours => hours), created_at, '1970-01-01 00:00+00'), currency, count(*),
    count(amount), coalesce(sum(amount), 0)
  from counted_orders cross join unnest(array[1, 24]) as hours group by 1, 2, 3 order by 1, 2`;

/** A line for every second order, all of this month: what is older would have been deleted. */
const log = (from: string) => `
  insert into logs (id, logged_at, level, message, event, job, order_id, correlation_id, process, fields)
  select ${idSql('line', 'n')}, month + (now() - month) * (n::float8 / (at_most + 100)),
    case when n % 1000 = 1 then 'error' when n % 20 = 1 then 'warn' else 'info' end, 'a step is done', 'step.done',
    case when n % 3 = 0 then 'sync-contact' else 'send-message' end, order_id, 'delivery-' || n, 'worker', '{"durationMs":12}'
  ${from}, lateral (select date_trunc('month', now(), 'UTC') as month) as begun,
    (select count(*) as at_most from orders) as known
  where ${written} and n % 2 = 1`;
