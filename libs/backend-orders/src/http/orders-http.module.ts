import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { OrdersModule } from '../orders.module.js';
import { DeliveriesController } from './deliveries.controller.js';
import { ManualOrdersController } from './manual-orders.controller.js';
import { OrderActionsController } from './order-actions.controller.js';
import { OrderSearchController } from './order-search.controller.js';
import { OrdersController } from './orders.controller.js';
import { RetriggerController } from './retrigger.controller.js';

@Module({
  imports: [CqrsModule, OrdersModule],
  controllers: [
    OrdersController,
    DeliveriesController,
    ManualOrdersController,
    RetriggerController,
    OrderActionsController,
    OrderSearchController,
  ],
})
export class OrdersHttpModule {}
