export { findDestination } from './catalogue/destinations.js';
export { validityEnglish } from './catalogue/visa-text.js';
export { createOrderJob } from './jobs/create-order.job.js';
export { viziOrders } from './webhooks/vizi.webhook.js';
