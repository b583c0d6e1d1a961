import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { type Page, type PageResult, paginate } from '../db/paginate.js';
import { type Claim, type Evidence, isContactReady, leaseSeconds } from '../effects/effects.repository.js';
import { tellOutcomes } from '../effects/tell-outcomes.js';
import { giveBack } from './give-back.js';

/** A claimed message, ready to be sent. */
export interface MessageClaim extends Claim {
  readonly orderId: string;
  readonly correlationId: string;
  /** Tries before this one that count against the job's policy. */
  readonly tries: number;
  readonly template: string;
  readonly language: string;
  readonly phone: string;
  readonly parameters: Buffer;
  /** JSON of the header's document; null = the template has none. */
  readonly document: Buffer | null;
}

export interface MessageRow {
  readonly id: string;
  readonly orderId: string;
  readonly purpose: string;
  readonly template: string;
  readonly language: string;
  readonly applicantId: string | null;
  readonly resendOf: string | null;
  readonly phone: string | null;
  readonly status: string;
  readonly reason: string | null;
  readonly providerMessageId: string | null;
  readonly binding: string | null;
  readonly correlationId: string;
  readonly plannedAt: Date;
  readonly claimedAt: Date | null;
  readonly acceptedAt: Date | null;
  readonly sentAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly readAt: Date | null;
  readonly failedAt: Date | null;
  readonly uncertainAt: Date | null;
  readonly skippedAt: Date | null;
  readonly attempt: number;
  readonly evidence: unknown;
}

export interface MessageFilter {
  readonly orderId?: string;
  readonly phone?: string;
  readonly status?: string;
  readonly template?: string;
}

/** Where a message stands: what we did, or how far its receipts say it came. */
export const messageStatus = sql<string>`case when e.state <> 'accepted' then e.state
  when m.read_at is not null then 'read' when m.delivered_at is not null then 'delivered'
  when m.sent_at is not null then 'sent' else 'accepted' end`;

/** The same as conditions that indexes serve. Those on what is under way know the state as an expression. */
const hasStatus = (status: string) =>
  ['accepted', 'sent', 'delivered', 'read'].includes(status)
    ? sql<boolean>`e.state = 'accepted' and ${messageStatus} = ${status}`
    : sql<boolean>`e.state = ${status} and e.state || '' = ${status}`;

/** A change of the order has been taken in and not yet been interpreted; it may withdraw consent. */
const hasOpenDelivery = sql`exists (select from deliveries d where d.order_id = e.order_id and d.kind = 'order'
  and d.state = 'open')`;

/**
 * What tells that an order has come goes out of date, and so do issues: after a day they may be mended, or reported again
 * and told by another message. What an operator had sent again never does.
 */
const isYoung = (staleAfterSeconds: number) => sql<boolean>`(case e.purpose
  when 'confirmation' then e.resend_of is not null
    or o.first_received_at > clock_timestamp() - make_interval(secs => ${staleAfterSeconds})
  when 'issues' then e.planned_at > clock_timestamp() - interval '24 hours'
  else true end)`;

const heldBy = ({ effectId, attempt }: Claim) => sql<boolean>`e.id = ${effectId} and e.attempt = ${attempt}`;

@Injectable()
export class MessagesRepository {
  /**
   * Claims a planned message whose order's contact is synced, whose order is young enough and has no delivery that waits
   * to be interpreted; undefined otherwise. Its words are read after the claim holds: a claim that waited for a change
   * of its order would otherwise see the phone and the text from before.
   * @param token made up by the caller; `unclaim` undoes the claim by it when the answer of this call is lost
   * @param staleAfterSeconds age of the order's first delivery from which its confirmation is not sent by itself
   */
  async claim(
    executor: Executor,
    effectId: string,
    token: string,
    staleAfterSeconds: number,
  ): Promise<MessageClaim | undefined> {
    const claimed = await sql`
      update effects e set state = 'claimed', attempt = e.attempt + 1, claimed_at = clock_timestamp(),
        claim_token = ${token}, first_claimed_at = coalesce(e.first_claimed_at, clock_timestamp()),
        lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds})
      from orders o
      where e.id = ${effectId} and e.kind = 'message' and e.state = 'planned' and o.order_id = e.order_id
        and ${isYoung(staleAfterSeconds)} and not ${hasOpenDelivery} and ${isContactReady}`.execute(executor);
    if (!claimed.numAffectedRows) return undefined;
    const result = await sql<MessageClaim & { ready: boolean }>`
      select e.id as effect_id, e.attempt, e.tries, e.order_id, e.correlation_id, m.template, m.language, m.phone, m.parameters,
        m.document,
        m.phone is not null and m.parameters is not null and not ${hasOpenDelivery} and ${isContactReady} as ready
      from effects e join messages m on m.effect_id = e.id
      where e.id = ${effectId} and e.claim_token = ${token} and e.state = 'claimed'`.execute(executor);
    const [claim] = result.rows;
    if (claim?.ready) return claim;
    await this.unclaim(executor, effectId, token);
    return undefined;
  }

  /** Undoes a claim that was made, if it was, although the database's answer got lost: nothing has been sent for it. */
  async unclaim(executor: Executor, effectId: string, token: string): Promise<void> {
    const held = sql<boolean>`e.id = ${effectId} and e.claim_token = ${token}`;
    await giveBack(executor, held, {
      otherwise: 'planned',
      reason: 'claim-unheard',
      delayMs: 0,
      evidence: {},
    });
  }

  /**
   * The message was certainly not sent and may be tried again; what the order demands by now takes effect.
   * @returns the state it got, or undefined when this attempt may no longer write
   */
  async release(
    executor: Executor,
    claim: Claim,
    delayMs: number,
    reason: string,
    evidence: Evidence,
    counts = false,
  ): Promise<string | undefined> {
    return await giveBack(executor, heldBy(claim), {
      otherwise: 'planned',
      reason,
      delayMs,
      evidence,
      counts,
    });
  }

  /** The message was refused for good, unless the order demands another one by now. Returns as `release` does. */
  async fail(
    executor: Executor,
    claim: Claim,
    reason: string,
    evidence: Evidence,
  ): Promise<string | undefined> {
    return await giveBack(executor, heldBy(claim), { otherwise: 'failed', reason, delayMs: 0, evidence });
  }

  /** Withholds planned messages that have grown too old; an operator may still send them. */
  async skipStale(executor: Executor, staleAfterSeconds: number): Promise<string[]> {
    const result = await sql<{ orderId: string }>`
      with stale as (
        select e.id from effects e join orders o on o.order_id = e.order_id
        where e.kind = 'message' and e.state || '' = 'planned' and not ${isYoung(staleAfterSeconds)}
        for update of e skip locked
      ), outcomes as (
        update effects e set state = 'skipped', skipped_at = clock_timestamp(), reason = 'stale'
        from stale where e.id = stale.id
        returning e.id, e.order_id, e.kind, e.state, e.reason, e.correlation_id
      ), ${tellOutcomes('outcomes')}
      select order_id from outcomes`.execute(executor);
    return result.rows.map((row) => row.orderId);
  }

  /**
   * The vendor took the message. When a receipt has settled it already, only evidence and time are filled in.
   * @returns whether receipts of the phone wait for a message; undefined when this attempt may no longer write
   */
  async markAccepted(
    executor: Executor,
    claim: Claim,
    evidence: Evidence,
  ): Promise<{ receiptsWait: boolean } | undefined> {
    const result = await sql<{ receiptsWait: boolean }>`
      with before as (
        select id, state from effects where id = ${claim.effectId} and attempt = ${claim.attempt}
          and (state in ('claimed', 'uncertain', 'accepted') or (state = 'failed' and accepted_at is null
            and exists (select from messages where effect_id = effects.id and provider_message_id is not null)))
        for update
      ), done as (
        update effects e set state = case e.state when 'failed' then 'failed' else 'accepted' end,
          accepted_at = clock_timestamp(), lease_until = null, uncertain_at = null,
          reason = case e.state when 'failed' then e.reason end,
          evidence = e.evidence || ${JSON.stringify(evidence)}::jsonb
        from before where e.id = before.id
        returning e.id, e.order_id, e.correlation_id, e.purpose, before.state as was
      ), flagged as (
        update orders o set event_version = event_version + 1, updated_at = now(),
          whatsapp_confirmation_sent = o.whatsapp_confirmation_sent or done.purpose = 'confirmation'
        from done where o.order_id = done.order_id and done.was in ('claimed', 'uncertain')
        returning o.order_id, o.event_version, done.correlation_id, done.id
      ), told as (
        insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
        select gen_random_uuid(), 'message.accepted', 'order', order_id, event_version, 'worker', correlation_id,
          jsonb_build_object('messageEffectId', id)
        from flagged
      )
      select exists (select from receipts r where r.message_id is null and r.recipient = ltrim(m.phone, '+'))
        as receipts_wait
      from done join messages m on m.effect_id = done.id`.execute(executor);
    return result.rows[0];
  }

  /**
   * The vendor may or may not have sent it; it is never sent again by itself. A message that a receipt has settled
   * meanwhile stays so.
   * @returns the state it has now, or undefined when this attempt may no longer write
   */
  async markUncertain(
    executor: Executor,
    claim: Claim,
    reason: string,
    evidence: Evidence,
  ): Promise<string | undefined> {
    const result = await sql<{ state: string }>`
      with moved as (
        update effects set lease_until = null, evidence = evidence || ${JSON.stringify(evidence)}::jsonb,
          state = case state when 'claimed' then 'uncertain' else state end,
          reason = case state when 'claimed' then ${reason} else reason end,
          uncertain_at = case state when 'claimed' then clock_timestamp() end,
          accepted_at = case state when 'accepted' then coalesce(accepted_at, clock_timestamp()) end
        where id = ${claim.effectId} and attempt = ${claim.attempt} and state in ('claimed', 'accepted')
        returning id, order_id, kind, state, reason, correlation_id
      ), outcomes as (
        select * from moved where state = 'uncertain'
      ), ${tellOutcomes('outcomes')}
      select state from moved`.execute(executor);
    return result.rows[0]?.state;
  }

  async find(executor: Executor, id: string): Promise<MessageRow | undefined> {
    return await this.query(executor).where('m.effectId', '=', id).executeTakeFirst();
  }

  async ofOrder(executor: Executor, orderId: string): Promise<MessageRow[]> {
    return await this.query(executor).where('m.orderId', '=', orderId).orderBy('m.effectId').execute();
  }

  /** Messages, newest first. */
  async list(executor: Executor, filter: MessageFilter, page: Page): Promise<PageResult<MessageRow>> {
    let query = this.query(executor);
    if (filter.orderId !== undefined) query = query.where('m.orderId', '=', filter.orderId);
    if (filter.phone !== undefined) query = query.where('m.phone', '=', filter.phone);
    if (filter.template !== undefined) query = query.where('m.template', '=', filter.template);
    if (filter.status !== undefined) query = query.where(hasStatus(filter.status));
    return await paginate(executor, query, 'm.effect_id', (row) => row.id, page);
  }

  private query(executor: Executor) {
    return executor
      .selectFrom('messages as m')
      .innerJoin('effects as e', 'e.id', 'm.effectId')
      .select(['m.effectId as id', 'm.orderId', 'm.template', 'm.language', 'm.phone', 'm.providerMessageId'])
      .select(['e.purpose', 'm.applicantId', 'e.resendOf'])
      .select([
        'm.binding',
        'm.sentAt',
        'm.deliveredAt',
        'm.readAt',
        'e.failedAt',
        'e.reason',
        'e.correlationId',
      ])
      .select([
        'e.plannedAt',
        'e.claimedAt',
        'e.acceptedAt',
        'e.uncertainAt',
        'e.skippedAt',
        'e.attempt',
        'e.evidence',
      ])
      .select(messageStatus.as('status'));
  }
}
