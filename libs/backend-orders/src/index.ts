export { findDestination } from './catalogue/destinations.js';
export { validityEnglish, visaTextHebrew } from './catalogue/visa-text.js';
export { decideContact } from './confirmation.js';
export type { SkipReason } from './confirmation.js';
export { decideNotice } from './notice.js';
export type { NoticedOrder } from './notice.js';
export { readOrder } from './order.js';
export { createOrderJob } from './jobs/create-order.job.js';
export { viziOrders } from './webhooks/vizi.webhook.js';
