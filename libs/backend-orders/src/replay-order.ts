import type { Executor } from '@visapi/backend-repositories';
import { type EffectRow, planContact, planMessages, tellOfOrder } from '@visapi/backend-repositories/effects';
import type { ReplaysRepository, StoredDelivery } from '@visapi/backend-repositories/inbox';
import type { OrderContent, OrderRow, OrdersRepository } from '@visapi/backend-repositories/orders';
import { changedFields } from './change.js';
import { keepCorrections } from './correction.js';
import { messageOf, newConfirmation, newContact, resyncedContact } from './effects.js';
import { planRewrite } from './order-change.js';
import { readOrder } from './order.js';
import { bodyOf, type PlannedEffect, type ReplayedBy } from './replay.js';
import type { ReplayHow, Step } from './replay-mode.js';
import { writeResend } from './resend.js';

/** An order's content as today's code reads it from the newest delivery that was applied, and that delivery. */
export interface Reread {
  readonly delivery: StoredDelivery;
  readonly content: OrderContent;
}

/** Reads an order again from its own delivery; what operators have corrected since stays. Undefined when none holds it. */
export async function rereadOrder(
  executor: Executor,
  { orders, replays }: { readonly orders: OrdersRepository; readonly replays: ReplaysRepository },
  order: OrderRow,
): Promise<Reread | undefined> {
  const { orderId } = order;
  const delivery = await replays.newestApplied(executor, orderId);
  if (!delivery) return undefined;
  const said = readOrder(bodyOf(delivery), orderId);
  const corrected = await orders.correctedFields(executor, orderId);
  return { delivery, content: keepCorrections(said, order, corrected) };
}

/** Names of what today's code reads differently; warnings are data of an order too. */
export function rereadFields(order: OrderRow, content: OrderContent): string[] {
  const isSameWarned = JSON.stringify(order.warnings) === JSON.stringify(content.warnings ?? []);
  return [...changedFields(order, content), ...(isSameWarned ? [] : ['warnings'])];
}

/**
 * Whether something of an order may yet go out as it was read before: content that changes alone would leave a customer
 * with words that his order contradicts, or a contact at a phone that it no longer names.
 */
export function isOnItsWay(effects: readonly EffectRow[]): boolean {
  return effects.some(({ state }) => ['planned', 'claimed', 'uncertain'].includes(state));
}

/** Writes content alone: nothing is planned, and nothing is on its way. The caller holds the order's lock. */
export async function rewriteContent(
  executor: Executor,
  orders: OrdersRepository,
  before: OrderRow,
  { delivery, content }: Reread,
  by: ReplayedBy,
): Promise<void> {
  const { appliedPosition } = before;
  const cause = { ...by, deliveryId: delivery.id, appliedPosition };
  await orders.applyChange(executor, planRewrite(before, content, cause));
}

/** Plans what was decided of one effect. The caller holds the order's lock. @returns what was planned, if anything was */
export async function takeStep(
  executor: Executor,
  order: OrderRow,
  step: Step,
  by: ReplayedBy,
): Promise<PlannedEffect[]> {
  const { orderId } = order;
  const { correlationId, reason } = by;
  switch (step.do) {
    case 'nothing':
      return [];
    case 'contact': {
      const effect = resyncedContact(order, step.phone, correlationId);
      await planContact(executor, effect, [synced(effect.id, reason)], by);
      return [{ effect: 'contact', id: effect.id }];
    }
    case 'resend': {
      const how = { awaitsContact: true, reason };
      return [{ effect: 'confirmation', id: await writeResend(executor, orderId, step.decision, how, by) }];
    }
    case 'first-contact': {
      const effect = newContact(step.decision, orderId, order.contentVersion, correlationId);
      await planContact(executor, effect, effect.state === 'planned' ? [synced(effect.id, reason)] : [], by);
      return [{ effect: 'contact', id: effect.id }];
    }
    case 'first-confirmation': {
      const effect = newConfirmation(step.decision, orderId, correlationId);
      const message = messageOf(effect.id, orderId, step.decision);
      await planMessages(executor, orderId, [{ effect, message }], { ...by, pauseMs: 0 });
      return [{ effect: 'confirmation', id: effect.id }];
    }
  }
}

function synced(contactEffectId: string, reason: string) {
  return { type: 'operator.synced', payload: { reason, contactEffectId } };
}

/** Tells the order's history who had it replayed, how and why, with the change or before the effects that follow. */
export async function tellReplayed(
  executor: Executor,
  { orderId, deliveryId }: { readonly orderId: string; readonly deliveryId: string },
  how: ReplayHow,
  { reason, ...who }: ReplayedBy,
): Promise<void> {
  const payload = replayedPayload(deliveryId, how, reason);
  await tellOfOrder(executor, orderId, [{ type: 'operator.replayed', payload }], who);
}

export function replayedPayload(deliveryId: string, how: ReplayHow, reason: string): Record<string, string> {
  return { reason, deliveryId, mode: how.mode, ...(how.mode === 'force' && { effect: how.effect }) };
}
