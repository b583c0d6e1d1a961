import { newId } from '@visapi/backend-kernel';
import { type Insertable, sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { columnOf, recordsOf } from '../db/records.js';
import type { Messages, Orders } from '../db/schema.gen.js';
import type { NewEffect } from '../effects/index.js';
import type { NewEvent } from '../events/index.js';
import type { DataKey } from '../privacy/data-key.js';
import { personOf } from '../privacy/person.js';
import { sealWords } from '../privacy/seal-words.js';
import { sealColumns } from '../privacy/sealed-row.js';
import { vaultOf } from '../privacy/vault.js';
import { divided, type OrderContent, saidInRow } from './order-content.js';

type Identity =
  'orderId' | 'deliveryId' | 'deliveryPosition' | 'appliedPosition' | 'eventVersion' | 'firstReceivedAt';

/** Everything that begins with an order: its row, the effects it owes, the text of its confirmation, the fact. */
export interface NewOrder {
  readonly order: OrderContent & Required<Pick<Insertable<Orders>, Identity>>;
  readonly effects: readonly Omit<NewEffect, 'skippedAt'>[];
  readonly message: Pick<
    Insertable<Messages>,
    'effectId' | 'orderId' | 'template' | 'language' | 'phone' | 'parameters'
  >;
  /** The shop's ids of the applicants, in their order. */
  readonly applicantIds: readonly string[];
  readonly event: NewEvent;
  readonly deliveryIds: readonly string[];
}

const identity = [
  'orderId',
  'deliveryId',
  'deliveryPosition',
  'appliedPosition',
  'eventVersion',
  'firstReceivedAt',
] as const satisfies readonly Identity[];

const orderColumns = sql.join([...identity, ...saidInRow].map((name) => sql.ref(columnOf(name))));

/**
 * Writes new orders with all that depends on them in one statement, with one commit for all. Times of the story come from
 * one clock, the database's.
 * @throws on an order id that exists already; then none is written
 */
export async function createOrders(executor: Executor, created: readonly NewOrder[]): Promise<void> {
  const { orders, details, messages } = await sealedParts(executor, created);
  const effects = created.flatMap((each) => each.effects);
  const people = created.flatMap(({ order: { orderId }, applicantIds }) =>
    applicantIds.map((applicantId, index) => ({ orderId, ordinal: index + 1, applicantId })),
  );
  const events = created.map(({ event }) => ({ ...event, id: newId() }));
  await sql`
    with created as (
      insert into orders (${orderColumns})
      select ${orderColumns} from jsonb_populate_recordset(null::orders, ${recordsOf(orders)}::jsonb)
      returning order_id
    ), detailed as (
      insert into order_details (order_id, applicants, applicants_key_id, details, details_key_id)
      select order_id, applicants, applicants_key_id, details, details_key_id
      from jsonb_populate_recordset(null::order_details, ${recordsOf(details)}::jsonb)
    ), planned as (
      insert into effects (id, kind, purpose, semantic_key, order_id, lane, state, reason, correlation_id, skipped_at)
      select id, kind, purpose, semantic_key, order_id, lane, state, reason, correlation_id,
        case state when 'skipped' then clock_timestamp() end
      from jsonb_populate_recordset(null::effects, ${recordsOf(effects)}::jsonb)
    ), worded as (
      insert into messages (effect_id, order_id, template, language, phone, parameters, parameters_key_id)
      select effect_id, order_id, template, language, phone, parameters, parameters_key_id
      from jsonb_populate_recordset(null::messages, ${recordsOf(messages)}::jsonb)
    ), people as (
      insert into order_applicants (order_id, ordinal, applicant_id)
      select order_id, ordinal, applicant_id
      from jsonb_populate_recordset(null::order_applicants, ${recordsOf(people)}::jsonb)
    ), told as (
      insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, ip, payload)
      select id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, ip, payload
      from jsonb_populate_recordset(null::events, ${recordsOf(events)}::jsonb)
    ), applied as (
      update deliveries set state = 'applied', applied_at = clock_timestamp()
      where id = any(${created.flatMap(({ deliveryIds }) => deliveryIds)}::uuid[])
    )
    -- Asked for, so that the orders come first: of one that exists already its own constraint speaks.
    select order_id from created`.execute(executor);
}

/** What is stored of them, with what is of their persons sealed by their persons' keys. */
async function sealedParts(executor: Executor, created: readonly NewOrder[]) {
  const persons = created.map(({ order }) => personOf(order));
  const keys = await vaultOf(executor).keysOf(executor, persons);
  const parts = created.map(({ order, message }, index) => {
    const { row, apart } = divided(order);
    const key = keys[index] as DataKey;
    return {
      row,
      details: { orderId: row.orderId, ...sealColumns(key, 'order_details', row.orderId, apart) },
      message: sealWords(key, message),
    };
  });
  return {
    orders: parts.map(({ row }) => row),
    details: parts.map(({ details }) => details),
    messages: parts.map(({ message }) => message),
  };
}
