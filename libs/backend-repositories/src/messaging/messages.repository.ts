import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { type Executor, inTransaction } from '../db/database.js';
import type { Claim, Evidence } from '../effects/effects.repository.js';
import { tellOutcomes } from '../effects/tell-outcomes.js';
import { type AskedMessage, claimMessages, type MessageClaim, readClaims } from './claim-messages.js';
import { giveBack } from './give-back.js';
import { type AcceptedMessage, markMessagesAccepted, type MarkedMessage } from './mark-messages-accepted.js';
import { isYoung } from './message-age.js';

const heldBy = ({ effectId, attempt }: Claim) => sql<boolean>`e.id = ${effectId} and e.attempt = ${attempt}`;

@Injectable()
export class MessagesRepository {
  /**
   * Claims a planned message whose order's contact is synced, whose order is young enough and has no delivery that waits
   * to be interpreted; undefined otherwise.
   * @param token made up by the caller; `unclaim` undoes the claim by it when the answer of this call is lost
   * @param staleAfterSeconds age of the order's first delivery from which its confirmation is not sent by itself
   */
  async claim(
    executor: Executor,
    effectId: string,
    token: string,
    staleAfterSeconds: number,
  ): Promise<MessageClaim | undefined> {
    const asked = [{ effectId, token }];
    return (await this.readyOf(executor, await claimMessages(executor, asked, staleAfterSeconds, 'wait')))[0];
  }

  /** The same of many, passing over what somebody else holds. */
  async claimTogether(
    executor: Executor,
    asked: readonly AskedMessage[],
    staleAfterSeconds: number,
  ): Promise<MessageClaim[]> {
    return await this.readyOf(executor, await claimMessages(executor, asked, staleAfterSeconds, 'skip'));
  }

  /**
   * Undoes a claim that was made, if it was, although the database's answer got lost: nothing has been sent for it. Postgres
   * may be at it still when the connection is gone, so the row is waited for before it is looked at.
   */
  async unclaim(executor: Executor, effectId: string, token: string): Promise<void> {
    const held = sql<boolean>`e.id = ${effectId} and e.claim_token = ${token}`;
    const end = { otherwise: 'planned', reason: 'claim-unheard', delayMs: 0, evidence: {} } as const;
    await inTransaction(executor, async (transaction) => {
      await sql`select id from effects where id = ${effectId} for update`.execute(transaction);
      await giveBack(transaction, held, end);
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
        select e.id from effects e
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
  ): Promise<MarkedMessage | undefined> {
    return (await markMessagesAccepted(executor, [{ claim, evidence }], 'wait'))[0];
  }

  /** The same of many, passing over what somebody else holds. @returns those that are done */
  async markAcceptedTogether(
    executor: Executor,
    accepted: readonly AcceptedMessage[],
  ): Promise<MarkedMessage[]> {
    return await markMessagesAccepted(executor, accepted, 'skip');
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

  /** What has turned out not to be ready is given back, as is what was taken for uncertain before it could be read. */
  private async readyOf(executor: Executor, claimed: readonly AskedMessage[]): Promise<MessageClaim[]> {
    if (claimed.length === 0) return [];
    const ready = (await readClaims(executor, claimed)).filter((held) => held.ready);
    const ids = new Set(ready.map(({ effectId }) => effectId));
    for (const { effectId, token } of claimed)
      if (!ids.has(effectId)) await this.unclaim(executor, effectId, token);
    return ready;
  }
}
