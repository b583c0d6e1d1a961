export { BatchOperationsModule } from './batch/batch-operations.module.js';
export { LogStoreModule } from './logs/log-store.module.js';
export { DatabaseModule } from './db/database.module.js';
export { Database, inTransaction } from './db/database.js';
export type { Executor } from './db/database.js';
export { SharedStatement } from './db/shared-statement.js';
export type { Page, PageResult } from './db/paginate.js';
export {
  errorCode,
  isDatabaseUnavailable,
  isSlowStatement,
  isTransientConflict,
  translateDatabaseError,
  violatedConstraint,
} from './db/errors.js';
export { failureOf, isLostConnection } from './db/failure.js';
export { opsOf, Specification } from './db/specification.js';
export type { AnyValue, Condition, Kind, Leaf, Op, ValueOf } from './db/specification.js';
