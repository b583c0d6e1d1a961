import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { ErrorDetail } from '@visapi/backend-kernel';
import {
  Database,
  type Executor,
  isTransientConflict,
  violatedConstraint,
} from '@visapi/backend-repositories';
import { EffectsRepository, tellOfOrder } from '@visapi/backend-repositories/effects';
import { once } from '@visapi/backend-repositories/idempotency';
import { ReplaysRepository, type StoredDelivery } from '@visapi/backend-repositories/inbox';
import { OrdersRepository } from '@visapi/backend-repositories/orders';
import { deliveryNotFound } from '../orders.errors.js';
import { classifyAgain, type Replayed, type ReplayedBy } from '../replay.js';
import { notApplied } from '../replay.errors.js';
import { forceEffect, replayApplied } from '../replay-applied.js';
import type { ReplayHow } from '../replay-mode.js';
import { replayedPayload } from '../replay-order.js';

/**
 * Has a delivery interpreted again that was set aside: one that failed is opened, together with all failed ones of its
 * order; one that was rejected is classified anew. Of one that is applied it is the order that is replayed, as `how` says.
 * May be repeated: what is on its way or done is left alone.
 */
export class ReplayDelivery extends Command<Replayed> {
  constructor(
    readonly deliveryId: string,
    readonly how: ReplayHow,
    readonly by: ReplayedBy,
  ) {
    super();
  }
}

@CommandHandler(ReplayDelivery)
export class ReplayDeliveryHandler implements ICommandHandler<ReplayDelivery> {
  constructor(
    private readonly database: Database,
    private readonly replays: ReplaysRepository,
    private readonly orders: OrdersRepository,
    private readonly effects: EffectsRepository,
  ) {}

  async execute({ deliveryId, how, by }: ReplayDelivery): Promise<Replayed> {
    const { database, replays, orders, effects } = this;
    return await replay({ database, replays, orders, effects }, deliveryId, how, by);
  }
}

export interface ReplayParts {
  readonly database: Database;
  readonly replays: ReplaysRepository;
  readonly orders: OrdersRepository;
  readonly effects: EffectsRepository;
}

/** Rounds in which a replay may meet the arrival of the same order. */
const mostRounds = 5;

/** Replays one delivery in a transaction of its own. @throws when there is no such delivery */
export async function replay(
  parts: ReplayParts,
  deliveryId: string,
  how: ReplayHow,
  by: ReplayedBy,
  round = 1,
): Promise<Replayed> {
  try {
    return await parts.database.db
      .transaction()
      .execute(async (transaction) => await replayIn(transaction, parts, deliveryId, how, by));
  } catch (error) {
    // The order's first delivery arrives at this moment: in the next round it is there to be seen.
    const isPassing =
      isTransientConflict(error) || violatedConstraint(error) === 'deliveries_accepted_order_key';
    if (!isPassing || round >= mostRounds) throw error;
    return await replay(parts, deliveryId, how, by, round + 1);
  }
}

async function replayIn(
  transaction: Executor,
  parts: ReplayParts,
  deliveryId: string,
  how: ReplayHow,
  by: ReplayedBy,
): Promise<Replayed> {
  const rejected = await parts.replays.lockRejected(transaction, deliveryId);
  const delivery = rejected ?? (await parts.replays.read(transaction, deliveryId));
  if (!delivery) throw deliveryNotFound();
  // Of one delivery alone. The other modes find by themselves what has been done.
  if (how.mode === 'force')
    return await once(transaction, by, async () => await forceEffect(transaction, parts, delivery, how, by));
  if (delivery.state === 'applied') return await replayApplied(transaction, parts, delivery, how, by);
  const isSetAside = rejected !== undefined || delivery.state === 'failed';
  if (!isSetAside) return untouched(delivery, 'nothing-to-do');
  if (how.mode === 'state') return untouched(delivery, 'refused', [notApplied]);
  return rejected
    ? await classifyRejected(transaction, parts, rejected, by)
    : await openFailed(transaction, parts, delivery, by);
}

async function openFailed(
  transaction: Executor,
  parts: ReplayParts,
  delivery: StoredDelivery,
  by: ReplayedBy,
): Promise<Replayed> {
  const { id: deliveryId, orderId } = delivery;
  if (orderId === null) return untouched(delivery, 'nothing-to-do');
  if (delivery.body === null) return untouched(delivery, 'failed', bytesGone);
  const opened = await parts.replays.openFailedOfOrder(transaction, orderId, by.actor);
  // Somebody else opened them between the look and the lock.
  if (opened.length === 0) return untouched(delivery, 'nothing-to-do');
  await tell(transaction, parts, delivery, orderId, by);
  return { deliveryId, orderId, status: 'opened', problems: [], opened };
}

async function classifyRejected(
  transaction: Executor,
  parts: ReplayParts,
  delivery: StoredDelivery,
  by: ReplayedBy,
): Promise<Replayed> {
  const { id: deliveryId } = delivery;
  if (delivery.body === null) return untouched(delivery, 'failed', bytesGone);
  const { orderId, ...classified } = classifyAgain(delivery);
  if (classified.verdict === 'rejected') {
    const { problems } = classified;
    await parts.replays.tellProblems(transaction, deliveryId, JSON.stringify(problems));
    return { deliveryId, orderId, status: 'rejected', problems, opened: [] };
  }
  const isTest = classified.verdict === 'skipped';
  const status = await parts.replays.accept(transaction, { id: deliveryId, orderId, isTest }, by.actor);
  await tell(transaction, parts, delivery, orderId, by);
  return { deliveryId, orderId, status, problems: [], opened: isTest ? [] : [deliveryId] };
}

const bytesGone = [{ path: '', message: 'The bytes of this delivery are no longer kept.' }];

function untouched(
  { id, orderId }: StoredDelivery,
  status: Replayed['status'],
  problems: readonly ErrorDetail[] = [],
): Replayed {
  return { deliveryId: id, orderId, status, problems, opened: [] };
}

/** The order's history tells it if there is one yet, else the delivery's. */
async function tell(
  transaction: Executor,
  { orders, replays }: ReplayParts,
  { id }: StoredDelivery,
  orderId: string | null,
  { reason, ...who }: ReplayedBy,
): Promise<void> {
  const fact = { type: 'operator.replayed', payload: replayedPayload(id, { mode: 'missing' }, reason) };
  if (orderId !== null && (await orders.exists(transaction, { orderId })))
    await tellOfOrder(transaction, orderId, [fact], who);
  else await replays.tellOfDelivery(transaction, id, { ...fact, ...who });
}
