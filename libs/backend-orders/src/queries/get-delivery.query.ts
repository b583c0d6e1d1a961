import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@visapi/backend-repositories';
import { DeliveriesRepository, type DeliveryRow } from '@visapi/backend-repositories/inbox';
import { deliveryNotFound } from '../orders.errors.js';

export class GetDelivery extends Query<DeliveryRow> {
  constructor(readonly id: string) {
    super();
  }
}

@QueryHandler(GetDelivery)
export class GetDeliveryHandler implements IQueryHandler<GetDelivery> {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveriesRepository,
  ) {}

  async execute({ id }: GetDelivery): Promise<DeliveryRow> {
    const delivery = await this.deliveries.find(this.database.db, id);
    if (!delivery) throw deliveryNotFound();
    return delivery;
  }
}
