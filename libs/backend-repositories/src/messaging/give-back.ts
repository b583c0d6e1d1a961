import { type RawBuilder, sql } from 'kysely';
import { type Executor, inTransaction } from '../db/database.js';
import type { Evidence } from '../effects/effects.repository.js';

/**
 * Whether message `m` of effect `e` may turn out not to have been sent: nobody has told what became of it, or only a
 * receipt that does not name it, which may be somebody else's.
 */
export const mayBeGivenBack = sql<boolean>`(e.state in ('claimed', 'uncertain')
  or (e.state in ('accepted', 'failed') and m.binding = 'inferred'
    and (e.accepted_at is null or e.uncertain_at is not null)))`;

/** What an operator has had sent again meanwhile never goes out itself; else the order's newest demand holds. */
const demandedState = (otherwise: string) => sql`case when exists (select from effects again
  where again.resend_of = m.effect_id) then 'failed' else coalesce(m.next_state, ${otherwise}) end`;

/**
 * The vendor's word that nothing was sent outweighs what a receipt was taken for meanwhile: an inferred binding is undone
 * and its receipts, which must be somebody else's, are disowned. Told as a fact, unless it is merely tried again.
 */
export async function giveBack(
  executor: Executor,
  held: RawBuilder<boolean>,
  outcome: {
    otherwise: 'planned' | 'failed';
    reason: string;
    delayMs: number;
    evidence: Evidence;
    /** Whether the attempt counts against the job's policy. */
    counts?: boolean;
  },
): Promise<string | undefined> {
  const { otherwise, reason, delayMs, evidence, counts = false } = outcome;
  // Locked first, so that the next statement sees what a change of the order has just written beside it.
  return await inTransaction(executor, async (transaction) => {
    const locked = await sql<{ state: string }>`select state from effects e where ${held} for update`.execute(
      transaction,
    );
    const was = locked.rows[0]?.state;
    const result = await sql<{ state: string }>`
    with given as (
      update effects e set state = demanded.state, tries = e.tries + ${counts ? 1 : 0}, lease_until = null, uncertain_at = null,
        accepted_at = null, claim_token = null, evidence = e.evidence || ${JSON.stringify(evidence)}::jsonb,
        reason = case demanded.state when 'skipped' then m.next_reason else ${reason} end,
        skipped_at = case demanded.state when 'skipped' then clock_timestamp() end,
        failed_at = case demanded.state when 'failed' then clock_timestamp() end,
        due_at = clock_timestamp() + make_interval(secs => ${delayMs / 1000}), queued_at = clock_timestamp()
      from messages m cross join lateral (select ${demandedState(otherwise)} as state) as demanded
      where m.effect_id = e.id and ${held} and ${mayBeGivenBack}
      returning e.id, e.order_id, e.state, e.reason, e.purpose, e.correlation_id
    ), worded as (
      update messages m set provider_message_id = null, binding = null, sent_at = null, delivered_at = null,
        read_at = null, failed_at = null, next_state = null, next_reason = null, next_phone = null,
        next_parameters = null, next_parameters_key_id = null,
        phone = case when m.next_state is null then m.phone else m.next_phone end,
        parameters = case when m.next_state is null then m.parameters else m.next_parameters end,
        parameters_key_id = case when m.next_state is null then m.parameters_key_id else m.next_parameters_key_id end
      from given where m.effect_id = given.id
    ), disowned as (
      update receipts r set message_id = null, disowned = true from given where r.message_id = given.id
      returning given.id
    ), outcome as (
      select given.*, case state when 'planned' then 'denied' else state end as fact,
        purpose = 'confirmation' and exists (select from disowned) as is_doubted
      from given where state <> 'planned' or ${was === 'uncertain'}::boolean or exists (select from disowned)
    ), unflagged as (
      -- Another confirmation of the order may have told its customer.
      update orders o set event_version = o.event_version + 1, updated_at = now(),
        whatsapp_confirmation_sent = case when not is_doubted then o.whatsapp_confirmation_sent
          else exists (select from effects other where other.order_id = o.order_id
            and other.purpose = 'confirmation' and other.state = 'accepted' and other.id <> outcome.id) end
      from outcome where o.order_id = any(array[outcome.order_id])
      returning o.event_version
    ), told as (
      insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
      select gen_random_uuid(), 'message.' || fact, 'order', order_id, event_version, 'worker', correlation_id,
        jsonb_build_object('messageEffectId', id, 'reason', reason)
      from outcome cross join unflagged
    )
    select state from given`.execute(transaction);
    return result.rows[0]?.state;
  });
}
