import { sql } from 'kysely';
import type { Executor } from '../db/database.js';

/**
 * Messages that were planned at the very moment at which the contact that they wait for was given up or withheld, so that
 * neither saw the other: they stand as the contact does instead of waiting for ever.
 * @returns their orders
 */
export async function endStranded(
  executor: Executor,
  limit: number,
): Promise<{ orderId: string; state: string }[]> {
  const result = await sql<{ orderId: string; state: string }>`
    update effects message set state = stranded.contact_state,
      reason = case stranded.contact_state when 'failed' then 'contact-failed' else stranded.contact_reason end,
      failed_at = case stranded.contact_state when 'failed' then clock_timestamp() end,
      skipped_at = case stranded.contact_state when 'skipped' then clock_timestamp() end
    from (
      select e.id, contact.state as contact_state, contact.reason as contact_reason
      from effects e
      join lateral (select c.state, c.reason, c.accepted_at from effects c where c.order_id = e.order_id
        and c.kind = 'contact' order by c.planned_at desc limit 1) contact on true
      where e.state = 'planned' and e.kind = 'message' and e.awaits_contact
        and contact.state in ('failed', 'skipped') and contact.accepted_at is null
      limit ${limit} for update of e skip locked
    ) as stranded
    where message.id = stranded.id
    returning message.order_id, message.state`.execute(executor);
  return result.rows;
}
