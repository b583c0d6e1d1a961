import { Injectable } from '@nestjs/common';
import { type Insertable, sql } from 'kysely';
import type { Executor } from '../db/database.js';
import type { Effects } from '../db/schema.gen.js';
import { endStep, jobFailed } from './end-step.js';

/** How long a claim holds without being renewed. */
export const leaseSeconds = 15;

export type NewEffect = Pick<
  Insertable<Effects>,
  | 'id'
  | 'kind'
  | 'purpose'
  | 'semanticKey'
  | 'orderId'
  | 'lane'
  | 'state'
  | 'reason'
  | 'correlationId'
  | 'skippedAt'
  | 'awaitsContact'
  | 'resendOf'
>;

/** Who may write the outcome of an effect: its id and the attempt that claimed it (the fencing token). */
export interface Claim {
  readonly effectId: string;
  readonly attempt: number;
}

/**
 * What an attempt left behind for whoever looks: which attempt, the vendor's answer in a word, its status and the digest of
 * its bytes, how long it took, ids. Null is what was not answered. Never texts or personal values.
 */
export type Evidence = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export interface EffectRow {
  readonly id: string;
  readonly kind: string;
  readonly purpose: string;
  readonly resendOf: string | null;
  /** False = to a phone that an operator named. */
  readonly awaitsContact: boolean;
  readonly state: string;
  readonly reason: string | null;
  readonly attempt: number;
  readonly correlationId: string;
  readonly plannedAt: Date;
  readonly claimedAt: Date | null;
  readonly acceptedAt: Date | null;
  readonly failedAt: Date | null;
  readonly uncertainAt: Date | null;
  readonly skippedAt: Date | null;
  readonly evidence: unknown;
}

/** The journal of intended outside actions: leases, retries and the states that every kind shares. */
@Injectable()
export class EffectsRepository {
  /** Extends the leases of running claims; returns those that still hold, the others have been taken away. */
  async renew(executor: Executor, claims: readonly Claim[]): Promise<Claim[]> {
    const result = await sql<Claim>`
      update effects e set lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds})
      from unnest(${claims.map((claim) => claim.effectId)}::uuid[], ${claims.map((claim) => claim.attempt)}::int[])
        as held(id, attempt)
      where e.id = held.id and e.attempt = held.attempt and e.state = 'claimed'
      returning e.id as effect_id, e.attempt`.execute(executor);
    return result.rows;
  }

  /**
   * Puts an effect off that nobody has claimed, because its vendor serves nobody now; no attempt is used.
   * @returns whether it was due: one that has been put off already is waited for by somebody else
   */
  async postpone(executor: Executor, effectId: string, delayMs: number, reason: string): Promise<boolean> {
    const result = await sql`
      update effects set due_at = clock_timestamp() + make_interval(secs => ${delayMs / 1000}),
        queued_at = clock_timestamp(), reason = ${reason}
      where id = ${effectId} and state = 'planned' and due_at <= clock_timestamp()`.execute(executor);
    return (result.numAffectedRows ?? 0n) > 0n;
  }

  /**
   * Gives a claimed (or meanwhile uncertain) effect back because the action certainly did not happen.
   * @param counts whether the attempt counts against the job's policy
   */
  async release(
    executor: Executor,
    claim: Claim,
    delayMs: number,
    reason: string,
    evidence: Evidence,
    counts = false,
  ): Promise<boolean> {
    const result = await sql`
      update effects set state = 'planned', tries = tries + ${counts ? 1 : 0}, reason = ${reason}, lease_until = null, uncertain_at = null,
        due_at = clock_timestamp() + make_interval(secs => ${delayMs / 1000}), queued_at = clock_timestamp(),
        evidence = evidence || ${JSON.stringify(evidence)}::jsonb
      where id = ${claim.effectId} and attempt = ${claim.attempt} and state in ('claimed', 'uncertain')`.execute(
      executor,
    );
    return (result.numAffectedRows ?? 0n) > 0n;
  }

  /** The action was refused for good, or tried for long enough. An order whose contact failed gets no confirmation. */
  async fail(
    executor: Executor,
    { effectId, attempt }: Claim,
    reason: string,
    evidence: Evidence,
  ): Promise<boolean> {
    const held = sql`e.id = ${effectId} and e.attempt = ${attempt} and e.state in ('claimed', 'uncertain')`;
    return (await endStep(executor, held, { state: 'failed', reason, evidence })) !== undefined;
  }

  /**
   * Nobody could even begin: its job failed for the last time. What is claimed may have happened and is left alone.
   * @returns whether there was something to give up
   */
  async giveUp(executor: Executor, effectId: string): Promise<boolean> {
    const held = sql`e.id = ${effectId} and e.state = 'planned'`;
    const end = { state: 'failed', reason: jobFailed, evidence: {} } as const;
    return (await endStep(executor, held, end)) !== undefined;
  }

  /**
   * Withholds a planned effect for a stated reason, and with a contact the messages that wait for it.
   * @returns the order, when there was something to withhold
   */
  async withhold(executor: Executor, effectId: string, reason: string): Promise<string | null> {
    const held = sql`e.id = ${effectId} and e.state = 'planned'`;
    return (await endStep(executor, held, { state: 'skipped', reason, evidence: {} })) ?? null;
  }

  /** The claimed contact is nobody's any more: no order of its phone owes one. */
  async supersede(executor: Executor, { effectId, attempt }: Claim): Promise<void> {
    const held = sql`e.id = ${effectId} and e.attempt = ${attempt} and e.state = 'claimed'`;
    await endStep(executor, held, { state: 'skipped', reason: 'superseded', evidence: {} });
  }

  /**
   * CBB may hold values of this phone that are not its newest order's (a writer that had lost its claim, an order that
   * moved to another phone): that order's contact is owed again, all fields of it. A writer of it that is under way loses its claim and begins anew.
   */
  async oweContactAgain(executor: Executor, phone: string): Promise<void> {
    await sql`
      with doubted as (update contacts set version = null where phone = ${phone})
      update effects set state = 'planned', due_at = clock_timestamp(), queued_at = null, lease_until = null,
        first_claimed_at = null, tries = 0
      where id = (select e.id from effects e join orders o on o.order_id = e.order_id
          where e.lane = ${phone} and e.kind = 'contact' and o.branch = 'il' and o.client_phone = ${phone}
          order by o.delivery_position desc, e.planned_at desc limit 1)
        and state in ('accepted', 'claimed')`.execute(executor);
  }

  async ofOrder(executor: Executor, orderId: string): Promise<EffectRow[]> {
    return await executor
      .selectFrom('effects')
      .select([
        'id',
        'kind',
        'purpose',
        'resendOf',
        'awaitsContact',
        'state',
        'reason',
        'attempt',
        'correlationId',
        'plannedAt',
        'claimedAt',
        'acceptedAt',
      ])
      .select(['failedAt', 'uncertainAt', 'skippedAt', 'evidence'])
      .where('orderId', '=', orderId)
      .orderBy('id')
      .execute();
  }
}
