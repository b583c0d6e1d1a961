export { findDestination } from './catalogue/destinations.js';
export { validityEnglish } from './catalogue/visa-text.js';
export type { SkipReason } from './confirmation.js';
export { decideNotice } from './notice.js';
export type { NoticedOrder } from './notice.js';
export { createOrderJob } from './jobs/create-order.job.js';
export { viziOrders } from './webhooks/vizi.webhook.js';
