export { LogsRepository } from '../logs/logs.repository.js';
export type { LogCount, LogRow } from '../logs/logs.repository.js';
export { LedgerRepository } from './ledger.repository.js';
export type { LedgerSums, LedgerViolation } from './ledger.repository.js';
export { OverdueRepository } from './overdue.repository.js';
export type { OverdueDelivery, OverdueOrder } from './overdue.repository.js';
export { HealthRepository } from './health.repository.js';
export { ReconciliationRepository } from './reconciliation.repository.js';
export type { NamedOrder, ReceivedOrder, ReceivedPlace } from './reconciliation.repository.js';
