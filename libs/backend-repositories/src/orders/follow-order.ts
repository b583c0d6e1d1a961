import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { untried } from '../effects/end-step.js';
import { mayBeGivenBack } from '../messaging/give-back.js';
import type { DataKey } from '../privacy/data-key.js';
import { sealColumns } from '../privacy/sealed-row.js';

/** What becomes of a confirmation that nobody has claimed. */
export interface FollowedConfirmation {
  readonly state: 'planned' | 'skipped';
  readonly reason: string | null;
  readonly phone: string | null;
  readonly parameters: Buffer | null;
}

/** What becomes of notices that nobody has claimed, when their order changes. */
export interface FollowedNotices {
  readonly state: 'planned' | 'skipped';
  readonly reason: string | null;
  readonly phone: string | null;
}

/**
 * Messages of an order that are its word to its customer: not those that an operator sent to a phone of his choice, and
 * of one that was sent again only the newest.
 */
const toCustomer = (
  orderId: string,
) => sql`e.order_id = ${orderId} and e.kind = 'message' and e.awaits_contact
  and not exists (select from effects again where again.resend_of = e.id)`;

/**
 * The confirmation, or what an operator had sent again in its stead: not yet claimed, it becomes what the order demands
 * now. While it may still turn out not to have been sent, it keeps that in mind. The caller holds the locks of the order
 * and its effects.
 * @param key of the person whose order it is
 */
export async function followConfirmation(
  executor: Executor,
  orderId: string,
  key: DataKey,
  { state, reason, phone, parameters: words }: FollowedConfirmation,
): Promise<void> {
  const confirmations = await sql<{ id: string }>`
    select e.id from effects e where ${toCustomer(orderId)} and e.purpose = 'confirmation'`.execute(executor);
  for (const { id } of confirmations.rows) {
    const { parameters, parametersKeyId } = sealColumns(key, 'messages', id, { parameters: words });
    await sql`
      with followed as (
        update effects e set state = ${state}, reason = ${reason}, due_at = clock_timestamp(), failed_at = null,
          skipped_at = case ${state}::text when 'skipped' then clock_timestamp() end
        where e.id = ${id}
          and (e.state in ('planned', 'skipped') or (e.state = 'failed' and e.reason = any(${[...untried]})))
        returning e.id
      ), reminded as (
        update messages m set next_state = ${state}, next_reason = ${reason}, next_phone = ${phone},
          next_parameters = ${parameters}, next_parameters_key_id = ${parametersKeyId}
        from effects e where e.id = ${id} and m.effect_id = e.id and ${mayBeGivenBack}
      )
      update messages m set phone = ${phone}, parameters = ${parameters}, parameters_key_id = ${parametersKeyId}
      from followed where m.effect_id = followed.id`.execute(executor);
  }
}

/**
 * A notice goes where the order says now, or nowhere; its words stand. One that the order withheld is owed again when
 * it no longer does, if it was ever worded; issues only for a day, by when they may be mended or reported again.
 */
export async function followNotices(
  executor: Executor,
  orderId: string,
  { state, reason, phone }: FollowedNotices,
): Promise<void> {
  await sql`
    with followed as (
      update effects e set state = ${state}, reason = ${reason}, failed_at = null,
        skipped_at = case ${state}::text when 'skipped' then clock_timestamp() end
      from messages m
      where ${toCustomer(orderId)} and e.purpose <> 'confirmation' and m.effect_id = e.id
        and m.parameters is not null
        and (e.purpose <> 'issues' or e.state = 'planned' or e.planned_at > clock_timestamp() - interval '24 hours')
        and (e.state = 'planned' or (e.state = 'failed' and e.reason = any(${[...untried]}))
          or (e.state = 'skipped' and e.reason in ('branch', 'invalid-phone', 'canceled', 'no-consent')))
      returning e.id
    ), reminded as (
      update messages m set next_state = ${state}, next_reason = ${reason}, next_phone = coalesce(${phone}, m.phone),
        next_parameters = m.parameters, next_parameters_key_id = m.parameters_key_id
      from effects e where ${toCustomer(orderId)} and e.purpose <> 'confirmation'
        and m.effect_id = e.id and ${mayBeGivenBack}
    )
    update messages m set phone = coalesce(${phone}, m.phone) from followed where m.effect_id = followed.id`.execute(
    executor,
  );
}
