import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Clock } from '@visapi/backend-kernel';
import { type Condition, Database, type PageResult } from '@visapi/backend-repositories';
import { OrderSearchRepository, type OrderView, type SearchPage } from '@visapi/backend-repositories/orders';
import { orderRuleOf, OrderSpecificationBuilder } from '../specifications/order.specification.js';
import { type Preset, presetSpecification } from '../specifications/presets.specification.js';

/** The orders that satisfy a rule, a preset, or both. */
export class SearchOrders extends Query<PageResult<OrderView>> {
  constructor(
    readonly where: Condition | undefined,
    readonly preset: Preset | undefined,
    readonly page: SearchPage,
  ) {
    super();
  }
}

@QueryHandler(SearchOrders)
export class SearchOrdersHandler implements IQueryHandler<SearchOrders> {
  constructor(
    private readonly database: Database,
    private readonly orders: OrderSearchRepository,
    private readonly clock: Clock,
  ) {}

  async execute({ where, preset, page }: SearchOrders): Promise<PageResult<OrderView>> {
    let wanted = new OrderSpecificationBuilder();
    if (preset !== undefined) wanted = wanted.custom(presetSpecification(preset, this.clock.now()));
    if (where !== undefined) wanted = wanted.custom(orderRuleOf(where));
    const specification = wanted.build();
    return await this.database.report(
      async (executor) => await this.orders.findBySpecification(executor, specification, page),
    );
  }
}
