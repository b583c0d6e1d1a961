export { AppError, categoryPolicy, asAppError } from './app-error.js';
export type { Category, CategoryPolicy, ErrorDetail } from './app-error.js';
export { errorCodes } from './error-codes.js';
export type { ErrorCode, ErrorPage } from './error-codes.js';
export { Clock } from './clock.js';
export { cleanCorrelationId, newCorrelationId } from './correlation.js';
export type { AskedBy, RequestTry } from './correlation.js';
export {
  currentDeadline,
  Deadline,
  runApart,
  runApartFor,
  runWithin,
  tookTooLong,
  unlessLate,
} from './deadline.js';
export { backoffMs } from './backoff.js';
export type { Backoff } from './backoff.js';
export { decideRetry } from './retry-policy.js';
export type { Decision, FailureClass, RetryPolicy } from './retry-policy.js';
export { GroupCommit, GroupFull } from './group-commit.js';
export type { GroupLimits } from './group-commit.js';
export { newId } from './ids.js';
export { orderIdSchema, isTestOrder } from './order-id.js';
export { parseJson } from './json.js';
export { plainDecimal } from './money.js';
export { isNetworkCode } from './network-error.js';
export { parsePhone, phoneDigits } from './phone.js';
export type { Phone } from './phone.js';
export { SCOPES, heldScopes, isGrant, isScope } from './scopes.js';
export type { Scope } from './scopes.js';
export { Repeat } from './repeat.js';
export { Stopwatch } from './stopwatch.js';
