export { OrdersHttpModule } from './http/orders-http.module.js';
export { ordersWebhooks } from './webhooks.js';
