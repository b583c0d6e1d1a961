import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { recordsOf } from '../db/records.js';
import type { WhenLocked } from '../db/shared-statement.js';
import type { Claim, Evidence } from '../effects/effects.repository.js';

/** A message that the vendor took. */
export interface AcceptedMessage {
  readonly claim: Claim;
  readonly evidence: Evidence;
}

export interface MarkedMessage {
  readonly id: string;
  /** Receipts of the phone wait for a message. */
  readonly receiptsWait: boolean;
}

/**
 * The vendor took the messages; of those of one order one is marked.
 * @returns those whose claims may still write
 */
export async function markMessagesAccepted(
  executor: Executor,
  accepted: readonly AcceptedMessage[],
  whenLocked: WhenLocked,
): Promise<MarkedMessage[]> {
  const given = recordsOf(
    accepted.map(({ claim: { effectId, attempt }, evidence }) => ({ effectId, attempt, evidence })),
  );
  const skip = whenLocked === 'skip' ? sql`skip locked` : sql``;
  const result = await sql<MarkedMessage>`
    with given as materialized (
      select * from jsonb_to_recordset(${given}::jsonb) as given (effect_id uuid, attempt int, evidence jsonb)
    ), locked as materialized (
      select e.id, e.order_id, e.state from given
        join effects e on e.id = any(array[given.effect_id]) and e.attempt = given.attempt
        join orders o on o.order_id = any(array[e.order_id])
      where e.state in ('claimed', 'uncertain', 'accepted') or (e.state = 'failed' and e.accepted_at is null
        and (select true from messages where effect_id = e.id and provider_message_id is not null))
      for no key update of e, o ${skip}
    ), before as (
      select distinct on (locked.order_id) locked.id, locked.state, given.evidence
      from locked join given on given.effect_id = locked.id order by locked.order_id, locked.id
    ), done as (
      update effects e set state = case e.state when 'failed' then 'failed' else 'accepted' end,
        accepted_at = clock_timestamp(), lease_until = null, uncertain_at = null,
        reason = case e.state when 'failed' then e.reason end, evidence = e.evidence || before.evidence
      from before where e.id = before.id
      returning e.id, e.order_id, e.correlation_id, e.purpose, before.state as was
    ), flagged as (
      update orders o set event_version = event_version + 1, updated_at = now(),
        whatsapp_confirmation_sent = o.whatsapp_confirmation_sent or done.purpose = 'confirmation'
      from done where o.order_id = any(array[done.order_id]) and done.was in ('claimed', 'uncertain')
      returning o.order_id, o.event_version, done.correlation_id, done.id
    ), told as (
      insert into events (id, type, aggregate_type, aggregate_id, aggregate_version, actor, correlation_id, payload)
      select gen_random_uuid(), 'message.accepted', 'order', order_id, event_version, 'worker', correlation_id,
        jsonb_build_object('messageEffectId', id)
      from flagged
    )
    select done.id, (select true from receipts r where r.message_id is null and r.recipient = ltrim(m.phone, '+') limit 1)
      is not null as receipts_wait
    from done join messages m on m.effect_id = done.id`.execute(executor);
  return result.rows;
}
