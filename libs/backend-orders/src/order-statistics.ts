import { defineHandler } from '@visapi/backend-events';

/** Keeps what is counted of each order, and the sums of spans of time: every fact after which an order may count otherwise. */
export const orderStatistics = defineHandler({
  name: 'order-statistics',
  types: ['order.created', 'order.changed', 'order.imported'],
  attempts: 10,
  backoff: { firstMs: 500, maxMs: 60_000 },
  outsideEffects: false,
  rebuildable: true,
});
