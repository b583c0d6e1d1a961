import type { EffectRow } from '@visapi/backend-repositories/effects';
import type { StoredDelivery } from '@visapi/backend-repositories/inbox';
import type { OrderContent, OrderRow } from '@visapi/backend-repositories/orders';
import type { Foreseen, ForeseenEffect } from './replay.js';
import {
  confirmToken,
  decideForced,
  decideMissing,
  type ForcedEffect,
  presentOf,
  type Step,
} from './replay-mode.js';
import { isOnItsWay, rereadFields } from './replay-order.js';
import { notApplied, notForced, nothingToForce, orderLost, stillOnItsWay } from './replay.errors.js';
import { newestConfirmation, unknownFacts } from './resend.js';

/** What `missing` would plan of an order that is there. */
export function foreseeMissing(
  delivery: StoredDelivery,
  order: OrderRow,
  effects: readonly EffectRow[],
): Foreseen {
  const { contact, confirmation } = decideMissing(order, effects);
  const isIdle = contact.do === 'nothing' && confirmation.do === 'nothing';
  return {
    ...baseOf(delivery),
    would: isIdle ? 'nothing' : 'plan',
    effects: [
      { kind: 'contact', ...afterwards(contact) },
      { kind: 'message', ...afterwards(confirmation) },
    ],
  };
}

/** What `state` would write of an order that is there. */
export function foreseeRewrite(
  delivery: StoredDelivery,
  order: OrderRow,
  effects: readonly EffectRow[],
  content: OrderContent,
): Foreseen {
  const fields = rereadFields(order, content);
  const shown = {
    branch: content.branch,
    product: content.productName ?? null,
    country: content.productCountry ?? null,
    warnings: content.warnings ?? [],
  };
  const base = { ...baseOf(delivery), order: shown, effects: [], fields };
  if (fields.length === 0) return { ...base, would: 'nothing' };
  return isOnItsWay(effects)
    ? { ...base, would: 'refuse', problems: [stillOnItsWay] }
    : { ...base, would: 'rewrite' };
}

/** `state` is for what was applied once. */
export function foreseeUnapplied(delivery: StoredDelivery): Foreseen {
  const isSetAside = delivery.state === 'failed' || delivery.outcome === 'rejected';
  if (!isSetAside) return { ...baseOf(delivery), would: 'nothing' };
  return { ...baseOf(delivery), would: 'refuse', problems: [notApplied] };
}

/** The order of an applied delivery is gone. */
export function foreseeLost(delivery: StoredDelivery): Foreseen {
  return { ...baseOf(delivery), would: 'refuse', problems: [orderLost] };
}

/** What `force` would do, with the token that confirms just that. */
export function foreseeForced(
  delivery: StoredDelivery,
  order: OrderRow | undefined,
  effects: readonly EffectRow[],
  effect: ForcedEffect,
): Foreseen {
  const kind = effect === 'contact' ? 'contact' : 'message';
  const present = presentOf(effects, effect);
  const now = { kind, state: present?.state ?? 'missing', reason: present?.reason ?? null } as const;
  const base = { ...baseOf(delivery), effects: [now] };
  if (!order)
    return { ...base, would: 'refuse', problems: [{ path: 'effect', message: nothingToForce().message }] };
  const forced = decideForced(order, effects, effect);
  if (forced.state === 'do')
    return { ...base, would: 'force', confirm: confirmToken(order, effects, effect) };
  const { message } = refusalOf(order, effects, forced.reason);
  return { ...base, would: 'refuse', problems: [{ path: 'effect', message }] };
}

/** Why an effect of an order is not forced, in words that say what to do instead. */
export function refusalOf(
  order: OrderRow,
  effects: readonly EffectRow[],
  reason: Parameters<typeof notForced>[0],
): ReturnType<typeof notForced> {
  const messageId = newestConfirmation(effects)?.id;
  return notForced(reason, { orderId: order.orderId, messageId, unknown: unknownFacts(order) });
}

function baseOf({ id: deliveryId, orderId, outcome, state }: StoredDelivery) {
  return { deliveryId, orderId, now: { outcome, state }, problems: [] };
}

function afterwards(step: Step): Omit<ForeseenEffect, 'kind'> {
  if (step.do === 'nothing') return { state: step.state, reason: step.reason ?? 'stays-as-it-is' };
  if (step.do === 'contact' || step.do === 'resend') return { state: 'planned', reason: null };
  const { decision } = step;
  return { state: decision.state, reason: decision.state === 'skipped' ? decision.reason : null };
}
