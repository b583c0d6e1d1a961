import { type RawBuilder, sql } from 'kysely';
import type { Executor } from '../db/database.js';
import type { Evidence } from './effects.repository.js';
import { tellOutcomes } from './tell-outcomes.js';

/** Why an effect failed whose job could not even claim it. */
export const jobFailed = 'job-failed';

/** Reasons of failed effects that nobody has tried: they certainly did not happen, and a change may open them again. */
export const untried: readonly string[] = ['contact-failed', jobFailed];

/** How a step ends that is not done. */
interface StepEnd {
  readonly state: 'failed' | 'skipped';
  readonly reason: string;
  readonly evidence: Evidence;
}

/** What a message that waits for a contact becomes when that ends: it stands as the contact does. */
const asContact = (contact: string) => sql`state = ${sql.ref(contact)}.state, lease_until = null,
  reason = case ${sql.ref(contact)}.state when 'failed' then 'contact-failed' else ${sql.ref(contact)}.reason end,
  failed_at = case ${sql.ref(contact)}.state when 'failed' then clock_timestamp() end,
  skipped_at = case ${sql.ref(contact)}.state when 'skipped' then clock_timestamp() end`;

/**
 * Ends a step for good, and with a contact the messages of its order that wait for it: nobody is told what the CRM does
 * not know. A contact that a newer one has replaced decides nothing. What is claimed is left alone, for it may have
 * happened already. Each end is told as a fact.
 * @param held which effect, and in which states it may still be ended, as a condition on `e`
 * @returns the order, when there was something to end
 */
export async function endStep(
  executor: Executor,
  held: RawBuilder<unknown>,
  { state, reason, evidence }: StepEnd,
): Promise<string | undefined> {
  const result = await sql<{ orderId: string }>`
    with ended as (
      update effects e set state = ${state}, reason = ${reason}, lease_until = null,
        failed_at = case ${state}::text when 'failed' then clock_timestamp() end,
        skipped_at = case ${state}::text when 'skipped' then clock_timestamp() end,
        evidence = e.evidence || ${JSON.stringify(evidence)}::jsonb
      where ${held}
      returning e.id, e.order_id, e.kind, e.state, e.reason, e.correlation_id, e.planned_at
    ), dependent as (
      update effects e set ${asContact('ended')}
      from ended where ended.kind = 'contact' and e.order_id = ended.order_id and e.kind = 'message'
        and e.awaits_contact and e.state = 'planned' and not exists (select from effects newer
          where newer.kind = 'contact' and newer.order_id = ended.order_id and newer.planned_at > ended.planned_at)
      returning e.id, e.order_id, e.kind, e.state, e.reason, e.correlation_id
    ), outcomes as (
      select id, order_id, kind, state, reason, correlation_id from ended union all select * from dependent
    ), ${tellOutcomes('outcomes')}
    select order_id from ended`.execute(executor);
  return result.rows[0]?.orderId;
}

/**
 * Messages that were planned at the very moment at which the contact that they wait for ended, so that neither saw the
 * other: they stand as the contact does instead of waiting for ever.
 * @returns their orders
 */
export async function endStranded(
  executor: Executor,
  limit: number,
): Promise<{ orderId: string; state: string }[]> {
  const result = await sql<{ orderId: string; state: string }>`
    with stranded as (
      select e.id, contact.state, contact.reason
      from effects e
      join lateral (select c.state, c.reason, c.accepted_at from effects c where c.order_id = e.order_id
        and c.kind = 'contact' order by c.planned_at desc limit 1) contact on true
      where e.state || '' = 'planned' and e.kind = 'message' and e.awaits_contact
        and contact.state in ('failed', 'skipped') and contact.accepted_at is null
      limit ${limit} for update of e skip locked
    ), outcomes as (
      update effects message set ${asContact('stranded')} from stranded where message.id = stranded.id
      returning message.id, message.order_id, message.kind, message.state, message.reason, message.correlation_id
    ), ${tellOutcomes('outcomes')}
    select order_id, state from outcomes`.execute(executor);
  return result.rows;
}
