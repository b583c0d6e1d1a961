import type { AskedBy } from '@visapi/backend-kernel';
import type { Executor } from '../db/database.js';
import type { NewEffect } from './effects.repository.js';
import { type OrderFact, tellOfOrder } from './plan-messages.js';

/** Plans to write an order's contact once more, together with the fact that says who wanted it. */
export async function planContact(
  executor: Executor,
  effect: NewEffect,
  fact: OrderFact,
  by: AskedBy,
): Promise<void> {
  await executor.insertInto('effects').values(effect).execute();
  await tellOfOrder(executor, effect.orderId, [fact], by);
}
