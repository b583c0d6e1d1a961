import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Cacheable, keys } from '@visapi/backend-cache';
import { Database } from '@visapi/backend-repositories';
import { OrderListsRepository, type OrderView } from '@visapi/backend-repositories/orders';
import { orderNotFound } from '../orders.errors.js';

export class GetOrderById extends Query<OrderView> {
  constructor(readonly orderId: string) {
    super();
  }
}

@QueryHandler(GetOrderById)
export class GetOrderByIdHandler implements IQueryHandler<GetOrderById> {
  constructor(
    private readonly database: Database,
    private readonly orders: OrderListsRepository,
  ) {}

  @Cacheable({ key: keys.order, ttl: 300 })
  async execute({ orderId }: GetOrderById): Promise<OrderView> {
    const order = await this.orders.find(this.database.db, orderId);
    if (!order) throw orderNotFound(orderId);
    return order;
  }
}
