import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { type Subscription, subscribe } from '@visapi/backend-events';
import { OrdersModule } from '../orders.module.js';
import { createOrderJob } from './create-order.job.js';
import { OrderStatisticsRepository } from '@visapi/backend-repositories/orders';
import { CountOrdersProcessor } from './count-orders.processor.js';
import { CreateOrderProcessor } from './create-order.processor.js';
import { OrderSyncSaga } from './order-sync.saga.js';

export const ordersSubscriptions: readonly Subscription[] = [
  subscribe('delivery.received', ({ aggregateId }) => [
    createOrderJob.request(aggregateId, { deliveryId: aggregateId }),
  ]),
];

/** What takes the jobs of this context. */
export const ordersProcessors = [CreateOrderProcessor] as const;

@Module({
  imports: [CqrsModule, OrdersModule],
  providers: [...ordersProcessors, OrderStatisticsRepository, CountOrdersProcessor, OrderSyncSaga],
  exports: [...ordersProcessors],
})
export class OrdersJobsModule {}
