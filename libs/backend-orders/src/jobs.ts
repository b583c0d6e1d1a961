export { CreateOrderProcessor } from './jobs/create-order.processor.js';
export { OrdersJobsModule, ordersSubscriptions } from './jobs/orders-jobs.module.js';
