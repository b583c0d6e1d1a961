import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database, type Page, type PageResult } from '@visapi/backend-repositories';
import {
  DeliveriesRepository,
  type DeliveryFilter,
  type DeliveryRow,
} from '@visapi/backend-repositories/inbox';

export class GetDeliveries extends Query<PageResult<DeliveryRow>> {
  constructor(
    readonly filter: DeliveryFilter,
    readonly page: Page,
  ) {
    super();
  }
}

@QueryHandler(GetDeliveries)
export class GetDeliveriesHandler implements IQueryHandler<GetDeliveries> {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveriesRepository,
  ) {}

  async execute({ filter, page }: GetDeliveries): Promise<PageResult<DeliveryRow>> {
    return await this.database.report((executor) => this.deliveries.list(executor, filter, page));
  }
}
