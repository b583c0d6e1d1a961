export { Database } from './db/database.js';
export type { Executor } from './db/database.js';
export {
  errorCode,
  isDatabaseUnavailable,
  isTransientConflict,
  translateDatabaseError,
  violatedConstraint,
} from './db/errors.js';
