export { OrdersRepository } from './orders.repository.js';
export type { FollowedNotices, OrderContent, OrderFilter, OrderRow, OrderView } from './orders.repository.js';
export { createOrder } from './create-order.js';
export type { NewOrder } from './create-order.js';
export { TimelineRepository } from './timeline.repository.js';
export type { MessageTimes } from './timeline.repository.js';
