import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { type EffectRow, EffectsRepository } from '@visapi/backend-repositories/effects';
import { ReplaysRepository, type StoredDelivery } from '@visapi/backend-repositories/inbox';
import {
  contentOf,
  type OrderRow,
  OrdersRepository,
  readOrderRow,
} from '@visapi/backend-repositories/orders';
import {
  foreseeForced,
  foreseeLost,
  foreseeMissing,
  foreseeRewrite,
  foreseeUnapplied,
} from '../foresight.js';
import { deliveryNotFound } from '../orders.errors.js';
import { type Foreseen, foresee, orderIdOf } from '../replay.js';
import type { ManyReplays, ReplayHow } from '../replay-mode.js';
import { rereadOrder } from '../replay-order.js';

/** What a replay of this delivery would do; writes nothing. */
export class PreviewReplay extends Query<Foreseen> {
  constructor(
    readonly deliveryId: string,
    readonly how: ReplayHow,
  ) {
    super();
  }
}

@QueryHandler(PreviewReplay)
export class PreviewReplayHandler implements IQueryHandler<PreviewReplay> {
  constructor(
    private readonly database: Database,
    private readonly replays: ReplaysRepository,
    private readonly orders: OrdersRepository,
    private readonly effects: EffectsRepository,
  ) {}

  async execute({ deliveryId, how }: PreviewReplay): Promise<Foreseen> {
    const { database, replays, orders, effects } = this;
    return await foreseeStored({ database, replays, orders, effects }, deliveryId, how, new Set());
  }
}

export interface PreviewParts {
  readonly database: Database;
  readonly replays: ReplaysRepository;
  readonly orders: OrdersRepository;
  readonly effects: EffectsRepository;
}

/**
 * @param accepted orders whose first delivery is among those looked at before
 * @throws when there is no such delivery
 */
export async function foreseeStored(
  parts: PreviewParts,
  deliveryId: string,
  how: ReplayHow,
  accepted: ReadonlySet<string | null>,
): Promise<Foreseen> {
  const { db } = parts.database;
  const delivery = await parts.replays.read(db, deliveryId);
  if (!delivery) throw deliveryNotFound();
  const orderId = orderIdOf(delivery);
  const [isAccepted, row, effects] =
    orderId === null
      ? [false, undefined, []]
      : await Promise.all([
          parts.replays.isAccepted(db, orderId),
          readOrderRow(db, orderId),
          parts.effects.ofOrder(db, orderId),
        ]);
  if (how.mode === 'force') return foreseeForced(delivery, row, effects, how.effect);
  if (delivery.state === 'applied') return await foreseeApplied(parts, delivery, row, effects, how);
  if (how.mode === 'state') return foreseeUnapplied(delivery);
  return foresee(delivery, { isAccepted: isAccepted || accepted.has(orderId), row, effects });
}

async function foreseeApplied(
  parts: PreviewParts,
  delivery: StoredDelivery,
  row: OrderRow | undefined,
  effects: readonly EffectRow[],
  { mode }: ManyReplays,
): Promise<Foreseen> {
  if (!row) return foreseeLost(delivery);
  if (mode === 'missing') return foreseeMissing(delivery, row, effects);
  const reread = await rereadOrder(parts.database.db, parts, row);
  return foreseeRewrite(delivery, row, effects, reread ? reread.content : contentOf(row));
}
