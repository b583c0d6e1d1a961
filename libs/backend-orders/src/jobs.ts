export { OrdersJobsModule, ordersProcessors, ordersSubscriptions } from './jobs/orders-jobs.module.js';
