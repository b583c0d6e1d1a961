import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { DeliveriesRepository, ReplaysRepository } from '@visapi/backend-repositories/inbox';
import {
  OrderListsRepository,
  OrdersRepository,
  TimelineRepository,
} from '@visapi/backend-repositories/orders';
import { CreateOrderHandler } from './commands/create-order.command.js';
import { QuarantineDeliveryHandler } from './commands/quarantine-delivery.command.js';
import { GetDeliveriesHandler } from './queries/get-deliveries.query.js';
import { GetDeliveryHandler } from './queries/get-delivery.query.js';
import { GetOrderByIdHandler } from './queries/get-order-by-id.query.js';
import { GetOrderTimelineHandler } from './queries/get-order-timeline.query.js';
import { GetOrdersHandler } from './queries/get-orders.query.js';

const handlers = [
  CreateOrderHandler,
  QuarantineDeliveryHandler,
  GetOrderByIdHandler,
  GetOrdersHandler,
  GetOrderTimelineHandler,
  GetDeliveryHandler,
  GetDeliveriesHandler,
];

@Module({
  imports: [CqrsModule],
  providers: [
    DeliveriesRepository,
    ReplaysRepository,
    OrdersRepository,
    OrderListsRepository,
    EventsRepository,
    EffectsRepository,
    TimelineRepository,
    ...handlers,
  ],
})
export class OrdersModule {}
