import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import type { EffectRow } from '../effects/effects.repository.js';

/** What of an effect says where its order stands. */
export type StepRow = Pick<
  EffectRow,
  | 'id'
  | 'kind'
  | 'purpose'
  | 'resendOf'
  | 'state'
  | 'reason'
  | 'correlationId'
  | 'plannedAt'
  | 'acceptedAt'
  | 'failedAt'
  | 'skippedAt'
  | 'uncertainAt'
>;

/** What the columns of an order say of its way to the customer. */
export interface OrderStanding {
  /** Whether `processed_at` is to be set; null = as it is. */
  readonly processed: boolean | null;
  readonly cbbSynced: boolean;
  readonly whatsappConfirmationSent: boolean;
}

export interface OrderSteps {
  readonly orderId: string;
  readonly known: OrderStanding;
  readonly effects: readonly StepRow[];
}

/**
 * Orders as their columns and their effects say, side by side.
 * @param locked holds the effects until the transaction ends; whoever does so locks them before their orders
 */
export async function readSteps(
  executor: Executor,
  orderIds: readonly string[],
  { locked }: { readonly locked: boolean },
): Promise<OrderSteps[]> {
  const { rows } = await sql<StepRow & Omit<OrderSteps, 'effects'>>`
    select e.id, e.kind, e.purpose, e.resend_of, e.state, e.reason, e.correlation_id, e.planned_at, e.accepted_at,
      e.failed_at, e.skipped_at, e.uncertain_at, e.order_id, jsonb_build_object('processed', o.processed_at is not null,
        'cbbSynced', o.cbb_synced, 'whatsappConfirmationSent', o.whatsapp_confirmation_sent) as known
    from effects e join orders o on o.order_id = any(array[e.order_id])
    where e.order_id = any(${[...orderIds]}::text[])
    order by e.id ${locked ? sql`for no key update of e` : sql``}`.execute(executor);
  return [...Map.groupBy(rows, ({ orderId }) => orderId)].flatMap(([orderId, effects]) => {
    const [first] = effects;
    return first ? [{ orderId, known: first.known, effects }] : [];
  });
}

/**
 * Writes where orders stand, and tells of each that has become processed. The caller has read and locked their effects.
 * Rows are locked in one order, so that nobody waits in a circle; those that say it already are left alone.
 * @returns ids of the orders that have become processed
 */
export async function markProcessed(
  executor: Executor,
  orders: readonly (OrderStanding & { readonly orderId: string; readonly correlationId: string })[],
): Promise<string[]> {
  const column = <K extends keyof (typeof orders)[number]>(name: K) => orders.map((order) => order[name]);
  const result = await sql<{ orderId: string }>`
    with wanted as (
      select * from unnest(${column('orderId')}::text[], ${column('processed')}::boolean[],
        ${column('cbbSynced')}::boolean[], ${column('whatsappConfirmationSent')}::boolean[],
        ${column('correlationId')}::text[]) as wanted(order_id, processed, synced, sent, correlation_id)
    ), locked as (
      select w.*, o.processed_at is null as was_open from wanted w join orders o on o.order_id = any(array[w.order_id])
      where o.cbb_synced <> w.synced or o.whatsapp_confirmation_sent <> w.sent
        or (o.processed_at is not null) <> coalesce(w.processed, o.processed_at is not null)
      order by w.order_id for no key update of o
    ), marked as (
      update orders o set cbb_synced = l.synced, whatsapp_confirmation_sent = l.sent, updated_at = now(),
        processed_at = case when l.processed then coalesce(o.processed_at, clock_timestamp())
          when not l.processed then null else o.processed_at end,
        event_version = o.event_version + case when l.processed and o.processed_at is null then 1 else 0 end
      from locked l where o.order_id = any(array[l.order_id])
      returning o.order_id, o.event_version, l.correlation_id, l.was_open and l.processed as became
    ), told as (
      insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
      select gen_random_uuid(), 'order.processed', 'order', order_id, event_version, 'worker', correlation_id, '{}'
      from marked where became
    )
    select order_id from marked where became order by order_id`.execute(executor);
  return result.rows.map(({ orderId }) => orderId);
}
