import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import type { Evidence } from '../effects/effects.repository.js';
import { giveBack } from './give-back.js';

/** A message as far as an operator's word about it is concerned, locked until the transaction ends. */
export interface SettledMessage {
  readonly orderId: string;
  readonly state: string;
  readonly purpose: string;
  /** Its worker went silent so short ago that the vendor may still answer it. */
  readonly mayBeAnswered: boolean;
  readonly claimedAt: Date | null;
  /** What the attempt left behind that nobody knows the outcome of. */
  readonly evidence: Evidence;
}

/** Longer than any call to the vendor may take, with what goes by between its claim and its beginning. */
const longestCallSeconds = 130;

export async function lockToSettle(executor: Executor, id: string): Promise<SettledMessage | undefined> {
  const result = await sql<SettledMessage>`
    select order_id, state, purpose, claimed_at, evidence, coalesce(reason = 'lease-expired'
      and claimed_at > clock_timestamp() - make_interval(secs => ${longestCallSeconds}), false) as may_be_answered
    from effects where id = ${id} and kind = 'message' for update`.execute(executor);
  return result.rows[0];
}

/** It went out after all, as somebody has found out. The caller holds the lock. */
export async function settleAsSent(executor: Executor, id: string): Promise<void> {
  await sql`
    with settled as (
      update effects set state = 'accepted', accepted_at = clock_timestamp(), lease_until = null,
        reason = 'settled-by-operator'
      where id = ${id} and state = 'uncertain' returning order_id, purpose
    )
    update orders o set whatsapp_confirmation_sent = true
    from settled where o.order_id = settled.order_id and settled.purpose = 'confirmation'`.execute(executor);
}

/**
 * It never went out, as somebody has found out: what its order demands now takes effect, which mostly is to send it.
 * The caller holds the lock. @returns the state it got
 */
export async function settleAsNotSent(executor: Executor, id: string): Promise<string | undefined> {
  const held = sql<boolean>`e.id = ${id} and e.state = 'uncertain'`;
  const outcome = { otherwise: 'planned', reason: 'settled-not-sent', delayMs: 0, evidence: {} } as const;
  return await giveBack(executor, held, outcome);
}
