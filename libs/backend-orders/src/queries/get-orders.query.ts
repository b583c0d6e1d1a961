import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Cacheable, keys } from '@visapi/backend-cache';
import { Database, type Page, type PageResult } from '@visapi/backend-repositories';
import { type OrderFilter, OrderListsRepository, type OrderView } from '@visapi/backend-repositories/orders';

export class GetOrders extends Query<PageResult<OrderView>> {
  constructor(
    readonly filter: OrderFilter,
    readonly page: Page,
  ) {
    super();
  }
}

@QueryHandler(GetOrders)
export class GetOrdersHandler implements IQueryHandler<GetOrders> {
  constructor(
    private readonly database: Database,
    private readonly orders: OrderListsRepository,
  ) {}

  @Cacheable({ key: keys.orders, ttl: 60 })
  async execute({ filter, page }: GetOrders): Promise<PageResult<OrderView>> {
    return await this.database.report((executor) => this.orders.list(executor, filter, page));
  }
}
