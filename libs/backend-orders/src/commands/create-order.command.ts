import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AppError } from '@visapi/backend-kernel';
import { Database, type Executor, SharedStatement } from '@visapi/backend-repositories';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { DeliveriesRepository, type OpenDelivery } from '@visapi/backend-repositories/inbox';
import { createOrders, type NewOrder, OrdersRepository } from '@visapi/backend-repositories/orders';
import { newOrder } from '../new-order.js';
import { planChange, writeChange } from '../order-change.js';
import { readOrder } from '../order.js';
import { bodyOf } from '../replay.js';

export interface CreateOrderResult {
  readonly orderId: string | null;
  readonly created: boolean;
  readonly changes: number;
  readonly correlationId: string | undefined;
  /** Why the new order's customer is not told; undefined when he is, or when no order was made. */
  readonly withheld?: string;
}

/**
 * A delivery waits to become an order, or to change one. Applies every waiting delivery of the same order, oldest
 * first, so it may be run for any of them, in any order and as often as anybody likes.
 */
export class CreateOrder extends Command<CreateOrderResult> {
  constructor(readonly deliveryId: string) {
    super();
  }
}

@CommandHandler(CreateOrder)
export class CreateOrderHandler implements ICommandHandler<CreateOrder> {
  /** Orders that begin at the same time are written with one commit. */
  private readonly creation: SharedStatement<string, CreateOrderResult>;

  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveriesRepository,
    private readonly orders: OrdersRepository,
    private readonly effects: EffectsRepository,
  ) {
    this.creation = new SharedStatement({
      key: (deliveryId) => deliveryId,
      alone: (deliveryId) => this.takeAll(deliveryId),
      together: (deliveryIds) => this.createFirsts(deliveryIds),
    });
  }

  async execute({ deliveryId }: CreateOrder): Promise<CreateOrderResult> {
    return await this.creation.take(deliveryId);
  }

  /** New orders alone, of deliveries that can be read; what else waits for one of them is a job of its own. */
  private async createFirsts(
    deliveryIds: readonly string[],
  ): Promise<ReadonlyMap<string, CreateOrderResult>> {
    return await this.database.db.transaction().execute(async (transaction) => {
      const firsts = await this.deliveries.lockFirstOpen(transaction, deliveryIds);
      const created = firsts.flatMap((delivery) => readable(delivery));
      if (created.length > 0)
        await createOrders(
          transaction,
          created.map(({ order }) => order),
        );
      return new Map(created.map(({ delivery, order }) => [delivery.id, resultOf(delivery, order)]));
    });
  }

  /** Everything that waits of the order that this delivery belongs to. */
  private async takeAll(deliveryId: string): Promise<CreateOrderResult> {
    return await this.database.db.transaction().execute(async (transaction) => {
      const waiting = await this.deliveries.lockOpenOfSameOrder(transaction, deliveryId);
      const [oldest] = waiting;
      if (!oldest?.orderId) return { orderId: null, created: false, changes: 0, correlationId: undefined };
      const { orderId, correlationId } = oldest;
      const order = oldest.outcome === 'accepted' ? newOrder(oldest, orderId) : undefined;
      if (order) await createOrders(transaction, [order]);
      const later = order ? waiting.slice(1) : waiting;
      for (const delivery of later) await this.change(transaction, delivery, orderId);
      if (order) return { ...resultOf(oldest, order), changes: later.length };
      return { orderId, created: false, changes: later.length, correlationId };
    });
  }

  private async change(transaction: Executor, delivery: OpenDelivery, orderId: string): Promise<void> {
    const before = await this.orders.lock(transaction, orderId);
    if (!before) throw new AppError('conflict', 'The first delivery of this order is not yet interpreted.');
    if (before.appliedPosition < delivery.position) {
      const change = planChange(before, readOrder(bodyOf(delivery), orderId), {
        deliveryId: delivery.id,
        appliedPosition: delivery.position,
        actor: delivery.actor ?? `source:${delivery.source}`,
        correlationId: delivery.correlationId,
      });
      await writeChange(transaction, { orders: this.orders, effects: this.effects }, before, change);
    }
    await this.deliveries.markApplied(transaction, [delivery.id]);
  }
}

interface Beginning {
  readonly delivery: OpenDelivery;
  readonly order: NewOrder;
}

/** Nothing for one whose body cannot be read: alone it fails as it should, and its neighbours do not. */
function readable(delivery: OpenDelivery): Beginning[] {
  if (delivery.orderId === null) return [];
  try {
    return [{ delivery, order: newOrder(delivery, delivery.orderId) }];
  } catch {
    return [];
  }
}

function resultOf({ orderId, correlationId }: OpenDelivery, { effects }: NewOrder): CreateOrderResult {
  const withheld = effects.find((effect) => effect.kind === 'message')?.reason ?? undefined;
  return { orderId, created: true, changes: 0, correlationId, withheld };
}
