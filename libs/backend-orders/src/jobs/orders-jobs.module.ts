import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { type Subscription, subscribe } from '@visapi/backend-events';
import { OrdersModule } from '../orders.module.js';
import { createOrderJob } from './create-order.job.js';
import { CreateOrderProcessor } from './create-order.processor.js';

export const ordersSubscriptions: readonly Subscription[] = [
  subscribe('delivery.received', ({ aggregateId }) => [
    createOrderJob.request(aggregateId, { deliveryId: aggregateId }),
  ]),
];

@Module({
  imports: [CqrsModule, OrdersModule],
  providers: [CreateOrderProcessor],
  exports: [CreateOrderProcessor],
})
export class OrdersJobsModule {}
