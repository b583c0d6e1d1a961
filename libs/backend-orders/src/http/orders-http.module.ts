import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { OrdersModule } from '../orders.module.js';
import { DeliveriesController } from './deliveries.controller.js';
import { OrdersController } from './orders.controller.js';

@Module({ imports: [CqrsModule, OrdersModule], controllers: [OrdersController, DeliveriesController] })
export class OrdersHttpModule {}
