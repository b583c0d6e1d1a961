import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { ReplaysRepository } from '@visapi/backend-repositories/inbox';
import { OrdersRepository } from '@visapi/backend-repositories/orders';
import { deliveryNotFound } from '../orders.errors.js';
import { type Foreseen, foresee, orderIdOf } from '../replay.js';

/** What a replay of this delivery would do; writes nothing. */
export class PreviewReplay extends Query<Foreseen> {
  constructor(readonly deliveryId: string) {
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

  async execute({ deliveryId }: PreviewReplay): Promise<Foreseen> {
    const { database, replays, orders, effects } = this;
    return await foreseeStored({ database, replays, orders, effects }, deliveryId, new Set());
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
  { database: { db }, replays, orders, effects }: PreviewParts,
  deliveryId: string,
  accepted: ReadonlySet<string | null>,
): Promise<Foreseen> {
  const delivery = await replays.read(db, deliveryId);
  if (!delivery) throw deliveryNotFound();
  const orderId = orderIdOf(delivery);
  if (orderId === null) return foresee(delivery, { isAccepted: false, row: undefined, effects: [] });
  const [isAccepted, row, known] = await Promise.all([
    replays.isAccepted(db, orderId),
    orders.findById(db, orderId),
    effects.ofOrder(db, orderId),
  ]);
  return foresee(delivery, { isAccepted: isAccepted || accepted.has(orderId), row, effects: known });
}
