import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Access, Listed, Responds, toPage } from '@visapi/backend-http';
import type { z } from 'zod';
import { GetOrderById } from '../queries/get-order-by-id.query.js';
import { GetOrderTimeline } from '../queries/get-order-timeline.query.js';
import { GetOrders } from '../queries/get-orders.query.js';
import {
  orderIdParameter,
  orderResponse,
  ordersQuery,
  timelineResponse,
  toOrderResponse,
} from './orders.schemas.js';

@Controller('orders')
export class OrdersController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access({ scopes: ['orders:read'] })
  @Responds(orderResponse)
  async list(@Query({ schema: ordersQuery }) query: z.infer<typeof ordersQuery>) {
    const { items, pagination } = await this.queries.execute(new GetOrders(query, toPage(query)));
    return new Listed(items.map(toOrderResponse), pagination);
  }

  @Get(':orderId')
  @Access({ scopes: ['orders:read'] })
  @Responds(orderResponse)
  async find(@Param({ schema: orderIdParameter }) { orderId }: z.infer<typeof orderIdParameter>) {
    return toOrderResponse(await this.queries.execute(new GetOrderById(orderId)));
  }

  @Get(':orderId/timeline')
  @Access({ scopes: ['orders:read'] })
  @Responds(timelineResponse)
  async timeline(@Param({ schema: orderIdParameter }) { orderId }: z.infer<typeof orderIdParameter>) {
    return await this.queries.execute(new GetOrderTimeline(orderId));
  }
}
