import type { AskedBy } from '@visapi/backend-kernel';
import type { Executor } from '../db/database.js';
import type { NewEffect } from './effects.repository.js';
import { type OrderFact, tellOfOrder } from './plan-messages.js';

/** The semantic key of a resync: never one that is known already, and told from others by whoever claims it. */
export function resyncKey(
  { orderId, contentVersion }: { readonly orderId: string; readonly contentVersion: number },
  effectId: string,
): string {
  return `contact:${orderId}:${contentVersion}:resync:${effectId}`;
}

/** Plans to write an order's contact once more, together with the facts that say who wanted it. */
export async function planContact(
  executor: Executor,
  effect: NewEffect,
  facts: readonly OrderFact[],
  by: AskedBy,
): Promise<void> {
  await executor.insertInto('effects').values(effect).execute();
  await tellOfOrder(executor, effect.orderId, facts, by);
}
