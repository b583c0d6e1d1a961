import type { AskedBy } from '@visapi/backend-kernel';
import { sql } from 'kysely';
import type { Executor } from '../db/database.js';
import { jobFailed } from './end-step.js';
import { type OrderFact, tellOfOrder } from './plan-messages.js';

/**
 * Plans an effect again whose job had failed for the last time, with a contact also the messages that ended with it, and
 * tells its order. One that failed for another reason was tried, and is not opened here; one that an operator has had
 * sent again meanwhile never goes out itself.
 * @returns whether there was something to open
 */
export async function reopenEffect(
  executor: Executor,
  effectId: string,
  { reason, ...by }: AskedBy & { readonly reason: string },
): Promise<boolean> {
  const result = await sql<{ orderId: string; kind: string; purpose: string }>`
    with opened as (
      update effects set state = 'planned', reason = null, failed_at = null, tries = 0, queued_at = null,
        due_at = clock_timestamp()
      where id = ${effectId} and state = 'failed' and reason = ${jobFailed}
        and not exists (select from effects again where again.resend_of = effects.id)
      returning order_id, kind, purpose, planned_at
    ), dependent as (
      update effects e set state = 'planned', reason = null, failed_at = null, queued_at = null,
        due_at = clock_timestamp()
      from opened where opened.kind = 'contact' and e.order_id = opened.order_id and e.kind = 'message'
        and e.awaits_contact and e.state = 'failed' and e.reason = 'contact-failed'
        and not exists (select from effects again where again.resend_of = e.id)
    )
    select order_id, kind, purpose from opened`.execute(executor);
  const [opened] = result.rows;
  if (!opened) return false;
  const { orderId, kind, purpose } = opened;
  const synced: OrderFact = { type: 'operator.synced', payload: { reason, contactEffectId: effectId } };
  const planned: OrderFact = {
    type: 'message.planned',
    payload: { purpose, messageEffectIds: [effectId], pauseMs: 0 },
  };
  await tellOfOrder(executor, orderId, [kind === 'contact' ? synced : planned], by);
  return true;
}
