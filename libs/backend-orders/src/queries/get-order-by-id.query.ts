import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Cacheable, keys } from '@visapi/backend-cache';
import { Database } from '@visapi/backend-repositories';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { OrderListsRepository, type OrderView } from '@visapi/backend-repositories/orders';
import { type OrderSync, orderSyncOf } from '../order-sync.js';
import { orderNotFound } from '../orders.errors.js';

/** An order, and where it stands on its way to its customer. */
export type FoundOrder = OrderView & { readonly sync: OrderSync };

export class GetOrderById extends Query<FoundOrder> {
  constructor(readonly orderId: string) {
    super();
  }
}

@QueryHandler(GetOrderById)
export class GetOrderByIdHandler implements IQueryHandler<GetOrderById> {
  constructor(
    private readonly database: Database,
    private readonly orders: OrderListsRepository,
    private readonly effects: EffectsRepository,
  ) {}

  @Cacheable({ key: keys.order, ttl: 300 })
  async execute({ orderId }: GetOrderById): Promise<FoundOrder> {
    const { db } = this.database;
    const [order, effects] = await Promise.all([
      this.orders.find(db, orderId),
      this.effects.ofOrder(db, orderId),
    ]);
    if (!order) throw orderNotFound(orderId);
    return { ...order, sync: orderSyncOf(effects) };
  }
}
