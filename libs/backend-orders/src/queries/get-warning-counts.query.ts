import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Cacheable, keys } from '@visapi/backend-cache';
import { Database } from '@visapi/backend-repositories';
import { OrderListsRepository, type WarningCount } from '@visapi/backend-repositories/orders';

/** How many orders of a period carry each warning, the most frequent first. */
export class GetWarningCounts extends Query<readonly WarningCount[]> {
  constructor(readonly period: { readonly from?: Date; readonly to?: Date }) {
    super();
  }
}

@QueryHandler(GetWarningCounts)
export class GetWarningCountsHandler implements IQueryHandler<GetWarningCounts> {
  constructor(
    private readonly database: Database,
    private readonly orders: OrderListsRepository,
  ) {}

  @Cacheable({ key: keys.warnings, ttl: 60 })
  async execute({ period }: GetWarningCounts): Promise<readonly WarningCount[]> {
    return await this.orders.warningCounts(this.database.db, period);
  }
}
