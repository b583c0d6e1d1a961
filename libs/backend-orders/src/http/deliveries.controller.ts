import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Access, Listed, Responds, toPage } from '@visapi/backend-http';
import type { z } from 'zod';
import { GetDeliveries } from '../queries/get-deliveries.query.js';
import { GetDelivery } from '../queries/get-delivery.query.js';
import {
  deliveriesQuery,
  deliveryIdParameter,
  deliveryResponse,
  toDeliveryResponse,
} from './deliveries.schemas.js';

@Controller('deliveries')
export class DeliveriesController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access({ scopes: ['deliveries:read'] })
  @Responds(deliveryResponse)
  async list(@Query({ schema: deliveriesQuery }) query: z.infer<typeof deliveriesQuery>) {
    const { items, pagination } = await this.queries.execute(new GetDeliveries(query, toPage(query)));
    return new Listed(items.map(toDeliveryResponse), pagination);
  }

  @Get(':id')
  @Access({ scopes: ['deliveries:read'] })
  @Responds(deliveryResponse)
  async find(@Param({ schema: deliveryIdParameter }) { id }: z.infer<typeof deliveryIdParameter>) {
    return toDeliveryResponse(await this.queries.execute(new GetDelivery(id)));
  }
}
