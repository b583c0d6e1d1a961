export { LedgerRepository } from './ledger.repository.js';
export type { LedgerSums, LedgerViolation } from './ledger.repository.js';
export { HealthRepository } from './health.repository.js';
