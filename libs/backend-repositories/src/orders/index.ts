export { OrdersRepository, contentOf } from './orders.repository.js';
export type { FollowedNotices, OrderContent, OrderRow } from './orders.repository.js';
export { OrderListsRepository } from './order-lists.repository.js';
export type { OrderFilter, OrderView, WarningCount } from './order-lists.repository.js';
export { createOrder } from './create-order.js';
export type { NewOrder } from './create-order.js';
export { TimelineRepository } from './timeline.repository.js';
export type { MessageTimes } from './timeline.repository.js';
