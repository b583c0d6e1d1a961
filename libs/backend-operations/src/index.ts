export { OperationsModule } from './operations.module.js';
export { listedOrder } from './listed-order.js';
export { GetLedgerBalance } from './queries/get-ledger-balance.query.js';
export type { LedgerBalance } from './queries/get-ledger-balance.query.js';
export { ReconcileOrders } from './queries/reconcile-orders.query.js';
export type { Reconciliation } from './queries/reconcile-orders.query.js';
export type { Finding } from './reconciliation.js';
