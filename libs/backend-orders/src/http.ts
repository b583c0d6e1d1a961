export { OrdersHttpModule } from './http/orders-http.module.js';
export { viziOrders } from './webhooks/vizi.webhook.js';
