import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { isContactReady } from './contact-ready.js';
import { tellOutcomes } from './tell-outcomes.js';

/**
 * Takes back what a dead worker held: what may be repeated is planned again, what may not becomes uncertain.
 * @returns the effects by what became of them
 */
export async function recoverExpired(
  executor: Executor,
  limit: number,
): Promise<{ id: string; kind: string; orderId: string; state: string; correlationId: string }[]> {
  const result = await sql<{
    id: string;
    kind: string;
    orderId: string;
    state: string;
    correlationId: string;
  }>`
    with expired as (
      update effects set lease_until = null,
        state = case kind when 'message' then 'uncertain' else 'planned' end,
        uncertain_at = case kind when 'message' then clock_timestamp() end,
        reason = 'lease-expired', due_at = clock_timestamp(), queued_at = clock_timestamp(),
        evidence = evidence || jsonb_build_object('attempt', attempt, 'answer', 'lease-expired', 'status', null,
          'responseSha256', null, 'durationMs', null)
      where id in (select id from effects where state || '' = 'claimed' and lease_until < clock_timestamp()
        order by lease_until limit ${limit} for update skip locked)
      returning id, kind, order_id, state, reason, correlation_id
    ), outcomes as (
      select * from expired where state = 'uncertain'
    ), ${tellOutcomes('outcomes')}
    select id, kind, order_id, state, correlation_id from expired`.execute(executor);
  return result.rows;
}

/**
 * Planned effects that are due and whose job was lost, marked as queued now. A confirmation waits until its contact
 * is synced and so is not due before.
 */
export async function requeueDue(
  executor: Executor,
  olderThanSeconds: number,
  limit: number,
): Promise<{ id: string; kind: string; attempt: number }[]> {
  const result = await sql<{ id: string; kind: string; attempt: number }>`
    update effects set queued_at = clock_timestamp() where id in (
      select e.id from effects e
      where e.state || '' = 'planned' and e.due_at < clock_timestamp()
        and coalesce(e.queued_at, e.planned_at) < clock_timestamp() - make_interval(secs => ${olderThanSeconds})
        and (e.kind = 'contact' or ${isContactReady})
      order by e.due_at limit ${limit} for update of e skip locked)
    returning id, kind, attempt`.execute(executor);
  return result.rows;
}
