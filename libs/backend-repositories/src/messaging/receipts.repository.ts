import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

export interface NewReceipt {
  readonly providerMessageId: string;
  readonly status: string;
  /** Meta's own time of the status (seconds resolution). */
  readonly occurredAt: Date;
  /** Digits of the receiving phone. */
  readonly recipient: string;
  readonly phoneNumberId: string | null;
  readonly callbackData: string | null;
  readonly errorCode: string | null;
  readonly pricing: unknown;
}

export interface ReceiptRow {
  readonly position: number;
  readonly providerMessageId: string;
  readonly status: string;
  readonly occurredAt: Date;
  readonly recipient: string;
  readonly callbackData: string | null;
  readonly errorCode: string | null;
}

/** A message of a phone that no provider message id is bound to yet. */
export interface BindingCandidate {
  readonly id: string;
  readonly state: string;
  readonly claimedAt: Date;
}

interface MovedRow {
  readonly messageId: string;
  readonly orderId: string;
  readonly correlationId: string;
  readonly settled: boolean;
  readonly failedCode: string | null;
}

/** The part of `apply` that tells the orders of the messages that a receipt has `settled`. */
const toldOrders = sql`moved_orders as (
    -- One body may settle several messages of an order.
    select order_id, count(*) as facts, bool_or(purpose = 'confirmation') as is_confirmation,
      bool_or(state = 'accepted') filter (where purpose = 'confirmation') as is_told
    from settled where state <> was group by order_id
  ), flagged as (
    update orders o set updated_at = now(), event_version = event_version + facts,
      -- What an operator had sent again tells the customer as well as the first one.
      whatsapp_confirmation_sent = case when is_confirmation then is_told or exists (select from effects other
        where other.order_id = o.order_id and other.purpose = 'confirmation' and other.state = 'accepted'
          and other.id not in (select id from settled where state <> was)) else o.whatsapp_confirmation_sent end
    from moved_orders where o.order_id = any(array[moved_orders.order_id])
    returning o.order_id, o.event_version - facts as before
  ), facts as (
    insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
    select gen_random_uuid(), 'message.' || s.state, 'order', s.order_id,
      -- In the order in which they are written, so that later versions have later positions.
      f.before + row_number() over (partition by s.order_id order by s.id), 'receipt',
      s.correlation_id, jsonb_build_object('messageEffectId', s.id)
    from settled s join flagged f on f.order_id = s.order_id where s.state <> s.was
  )`;

@Injectable()
export class ReceiptsRepository {
  /** Appends receipts, whatever their number; those that are known already are left alone. */
  async append(executor: Executor, deliveryId: string, receipts: readonly NewReceipt[]): Promise<void> {
    if (receipts.length === 0) return;
    const column = <K extends keyof NewReceipt>(name: K) => receipts.map((receipt) => receipt[name]);
    const pricing = receipts.map((receipt) =>
      receipt.pricing === undefined ? null : JSON.stringify(receipt.pricing),
    );
    await sql`
      insert into receipts (delivery_id, provider_message_id, status, occurred_at, recipient, phone_number_id,
        callback_data, error_code, pricing)
      select ${deliveryId}::uuid, given.*
      from unnest(${column('providerMessageId')}::text[], ${column('status')}::text[],
        ${column('occurredAt')}::timestamptz[], ${column('recipient')}::text[], ${column('phoneNumberId')}::text[],
        ${column('callbackData')}::text[], ${column('errorCode')}::text[], ${pricing}::jsonb[]) as given
      on conflict on constraint receipts_once_key do nothing`.execute(executor);
  }

  /** One binder at a time per phone, until the transaction ends. Phones are locked in one order everywhere. */
  async lockPhones(executor: Executor, phones: readonly string[]): Promise<void> {
    await sql`select pg_advisory_xact_lock(hashtextextended('receipts:' || phone, 0))
      from (select unnest(${[...new Set(phones)].sort()}::text[]) as phone order by 1) as wanted`.execute(
      executor,
    );
  }

  /** Receipts of these phones that belong to no message yet, in order of Meta's times. */
  async unmatched(executor: Executor, phones: readonly string[]): Promise<ReceiptRow[]> {
    const result = await sql<ReceiptRow>`
      select position, provider_message_id, status, occurred_at, recipient, callback_data, error_code
      from receipts r where recipient = any(${[...phones]}::text[]) and message_id is null
        and r.received_at > now() - interval '25 hours'
        and not exists (select from receipts other
          where other.provider_message_id = r.provider_message_id and other.disowned)
      order by occurred_at, position limit 5000`.execute(executor);
    return result.rows;
  }

  /** Phones with unmatched receipts of the last day that a message (this one, if named) could belong to. */
  async unmatchedPhones(
    executor: Executor,
    limit: number,
    effectId: string | null = null,
  ): Promise<string[]> {
    // Whom they could belong to is asked in a scalar subquery, and the order is that of the index that is to be read.
    const [of, by] =
      effectId === null
        ? [sql``, sql`order by r.received_at`]
        : [
            sql`and r.recipient = (select ltrim(phone, '+') from messages where effect_id = ${effectId})`,
            sql``,
          ];
    const result = await sql<{ recipient: string }>`
      select distinct recipient from (
        select r.recipient from receipts r
        where r.message_id is null and not r.disowned and r.received_at > now() - interval '25 hours' ${of}
          and (select true from messages m join effects e on e.id = m.effect_id
            where m.phone = '+' || r.recipient and m.provider_message_id is null
              and e.state in ('claimed', 'accepted', 'uncertain')
              ${effectId === null ? sql`` : sql`and m.effect_id = ${effectId}`} limit 1) ${by}
      ) as waiting limit ${limit}`.execute(executor);
    return result.rows.map((row) => row.recipient);
  }

  /** Messages that provider message ids are bound to already. */
  async boundMessages(
    executor: Executor,
    providerMessageIds: readonly string[],
  ): Promise<Map<string, string>> {
    const result = await sql<{ providerMessageId: string; effectId: string }>`
      select provider_message_id, effect_id from messages
      where provider_message_id = any(${[...providerMessageIds]}::text[])`.execute(executor);
    return new Map(result.rows.map((row) => [row.providerMessageId, row.effectId]));
  }

  /** Unbound messages of a phone that have been dispatched, oldest dispatch first. */
  async candidates(executor: Executor, phoneDigits: string): Promise<BindingCandidate[]> {
    const result = await sql<BindingCandidate>`
      select m.effect_id as id, e.state, e.claimed_at
      from messages m join effects e on e.id = m.effect_id
      where m.phone = ${`+${phoneDigits}`} and m.provider_message_id is null
        and e.state in ('claimed', 'accepted', 'uncertain')
      order by e.claimed_at, e.id`.execute(executor);
    return result.rows;
  }

  /**
   * Ties a provider message id to a message, once, and holds the message until the transaction ends: one that the vendor
   * has denied since it was a candidate is none any more.
   * @returns false when either is tied already, or the message was given back
   */
  async bind(
    executor: Executor,
    messageId: string,
    providerMessageId: string,
    binding: 'callback' | 'inferred',
  ): Promise<boolean> {
    const result = await sql`
      with held as (
        select id from effects where id = ${messageId} and state in ('claimed', 'accepted', 'uncertain') for update
      )
      update messages m set provider_message_id = ${providerMessageId}, binding = ${binding}
      -- An expression, so that only the index on the id fits.
      from held where m.effect_id = held.id and m.effect_id = ${messageId} and m.provider_message_id || '' is null
        and not exists (select from messages where provider_message_id = ${providerMessageId})`.execute(
      executor,
    );
    return (result.numAffectedRows ?? 0n) > 0n;
  }

  /**
   * Moves messages forward by receipts that are bound to them: each time of a status is kept from its first receipt,
   * a dispatched or uncertain message becomes accepted, a failed one failed unless it is known to have arrived. A message
   * that was given back since its binding was read is left alone, and so are its receipts: they are somebody else's.
   */
  async apply(
    executor: Executor,
    bound: readonly { messageId: string; receiptPosition: number }[],
  ): Promise<MovedRow[]> {
    const result = await sql<MovedRow>`
      with given as (
        select b.message_id, r.position, r.provider_message_id, r.status, r.occurred_at, r.error_code
        from unnest(${bound.map((item) => item.messageId)}::uuid[], ${bound.map((item) => item.receiptPosition)}::bigint[])
          as b(message_id, position) join receipts r on r.position = b.position
      ), summed as (
        select message_id, provider_message_id, min(occurred_at) filter (where status = 'sent') as sent_at,
          min(occurred_at) filter (where status = 'delivered') as delivered_at,
          min(occurred_at) filter (where status = 'read') as read_at,
          min(occurred_at) filter (where status = 'failed') as failed_at,
          min(error_code) filter (where status = 'failed') as error_code
        from given group by message_id, provider_message_id
      ), before as (
        select e.id, e.state from effects e join summed s on s.message_id = e.id order by e.id for update of e
      ), moved as (
        update messages m set sent_at = least(m.sent_at, s.sent_at), delivered_at = least(m.delivered_at, s.delivered_at),
          read_at = least(m.read_at, s.read_at), failed_at = least(m.failed_at, s.failed_at)
        from summed s join before on before.id = s.message_id
        -- Read anew once the effect is held, which is what tells a binding that was undone meanwhile.
        where m.effect_id = s.message_id and m.provider_message_id = s.provider_message_id
        returning m.effect_id, m.provider_message_id, s.error_code, m.failed_at,
          coalesce(m.delivered_at, m.read_at) is not null as arrived
      ), told as (
        update receipts r set message_id = given.message_id
        from given join moved on moved.effect_id = given.message_id
          and moved.provider_message_id = given.provider_message_id
        where r.position = given.position
      ), settled as (
        update effects e set
          state = case when moved.arrived then 'accepted' when moved.failed_at is not null then 'failed'
            when before.state = 'failed' then 'failed' else 'accepted' end,
          failed_at = case when moved.arrived then null else coalesce(moved.failed_at, e.failed_at) end,
          reason = case when moved.arrived then null when moved.failed_at is not null
            then coalesce('meta-' || moved.error_code, e.reason, 'meta-failed')
            when before.state = 'failed' then e.reason end,
          accepted_at = case when before.state = 'uncertain' then clock_timestamp() else e.accepted_at end,
          uncertain_at = case when before.state = 'uncertain' then e.uncertain_at end, lease_until = null
        from moved join before on before.id = moved.effect_id
        where e.id = moved.effect_id
        returning e.id, e.order_id, e.correlation_id, e.purpose, before.state as was, e.state
      ), ${toldOrders}
      select s.id as message_id, s.order_id, s.correlation_id, s.was in ('claimed', 'uncertain') as settled,
        case when s.state = 'failed' then coalesce(moved.error_code, '') end as failed_code
      from settled s join moved on moved.effect_id = s.id`.execute(executor);
    return result.rows;
  }

  async ofOrder(executor: Executor, orderId: string): Promise<(ReceiptRow & { messageId: string | null })[]> {
    const result = await sql<ReceiptRow & { messageId: string | null }>`
      select r.position, r.provider_message_id, r.status, r.occurred_at, r.recipient, r.callback_data, r.error_code,
        r.message_id
      from receipts r join messages m on m.effect_id = r.message_id
      where m.order_id = ${orderId} order by r.occurred_at, r.position`.execute(executor);
    return result.rows;
  }
}
