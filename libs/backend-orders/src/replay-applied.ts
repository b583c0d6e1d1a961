import type { Executor } from '@visapi/backend-repositories';
import type { EffectsRepository } from '@visapi/backend-repositories/effects';
import type { ReplaysRepository, StoredDelivery } from '@visapi/backend-repositories/inbox';
import type { OrderRow, OrdersRepository } from '@visapi/backend-repositories/orders';
import { foreseeForced, refusalOf } from './foresight.js';
import type { PlannedEffect, Replayed, ReplayedBy } from './replay.js';
import {
  changedSincePreview,
  confirmNeeded,
  nothingToForce,
  orderLost,
  stillOnItsWay,
} from './replay.errors.js';
import {
  confirmToken,
  decideForced,
  decideMissing,
  type ManyReplays,
  type ReplayHow,
} from './replay-mode.js';
import {
  isOnItsWay,
  rereadFields,
  rereadOrder,
  rewriteContent,
  takeStep,
  tellReplayed,
} from './replay-order.js';

interface Parts {
  readonly replays: ReplaysRepository;
  readonly orders: OrdersRepository;
  readonly effects: EffectsRepository;
}

type Force = Extract<ReplayHow, { mode: 'force' }>;

/** Replays a delivery whose content its order holds already. */
export async function replayApplied(
  transaction: Executor,
  parts: Parts,
  delivery: StoredDelivery,
  how: ManyReplays,
  by: ReplayedBy,
): Promise<Replayed> {
  const order = await lockOrder(transaction, parts, delivery);
  if (!order) return { ...baseOf(delivery), status: 'failed', problems: [orderLost] };
  return how.mode === 'state'
    ? await rewrite(transaction, parts, delivery, order, by)
    : await planMissing(transaction, parts, delivery, order, by);
}

/**
 * Does one effect once more, if the order still is what its operator has seen and confirmed.
 * @throws AppError that says what to do instead
 */
export async function forceEffect(
  transaction: Executor,
  parts: Parts,
  delivery: StoredDelivery,
  how: Force,
  by: ReplayedBy,
): Promise<Replayed> {
  if (how.confirm === undefined) throw confirmNeeded();
  const order = await lockOrder(transaction, parts, delivery);
  if (!order) throw nothingToForce();
  const effects = await parts.effects.ofOrder(transaction, order.orderId);
  const forced = decideForced(order, effects, how.effect);
  if (forced.state === 'refused') throw refusalOf(order, effects, forced.reason);
  if (confirmToken(order, effects, how.effect) !== how.confirm)
    throw changedSincePreview(foreseeForced(delivery, order, effects, how.effect));
  await tellReplayed(transaction, { orderId: order.orderId, deliveryId: delivery.id }, how, by);
  const planned = await takeStep(transaction, order, forced.step, by);
  return { ...baseOf(delivery), status: 'planned', planned };
}

async function rewrite(
  transaction: Executor,
  { orders, replays, effects }: Parts,
  delivery: StoredDelivery,
  order: OrderRow,
  by: ReplayedBy,
): Promise<Replayed> {
  const reread = await rereadOrder(transaction, { orders, replays }, order);
  const fields = reread ? rereadFields(order, reread.content) : [];
  if (!reread || fields.length === 0) return { ...baseOf(delivery), status: 'nothing-to-do' };
  if (isOnItsWay(await effects.ofOrder(transaction, order.orderId)))
    return { ...baseOf(delivery), status: 'refused', problems: [stillOnItsWay] };
  await rewriteContent(transaction, orders, order, reread, by);
  await tellReplayed(transaction, { orderId: order.orderId, deliveryId: delivery.id }, { mode: 'state' }, by);
  return { ...baseOf(delivery), status: 'rewritten', fields };
}

async function planMissing(
  transaction: Executor,
  { effects }: Parts,
  delivery: StoredDelivery,
  order: OrderRow,
  by: ReplayedBy,
): Promise<Replayed> {
  const { orderId } = order;
  const { contact, confirmation } = decideMissing(order, await effects.ofOrder(transaction, orderId));
  const steps = [contact, confirmation].filter((step) => step.do !== 'nothing');
  if (steps.length === 0) return { ...baseOf(delivery), status: 'nothing-to-do' };
  await tellReplayed(transaction, { orderId, deliveryId: delivery.id }, { mode: 'missing' }, by);
  const planned: PlannedEffect[] = [];
  for (const step of steps) planned.push(...(await takeStep(transaction, order, step, by)));
  return { ...baseOf(delivery), status: 'planned', planned };
}

async function lockOrder(
  transaction: Executor,
  { orders }: Parts,
  { orderId }: StoredDelivery,
): Promise<OrderRow | undefined> {
  return orderId === null ? undefined : await orders.lock(transaction, orderId);
}

function baseOf({ id: deliveryId, orderId }: StoredDelivery) {
  return { deliveryId, orderId, problems: [], opened: [] };
}
