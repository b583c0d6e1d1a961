import { AppError, isNetworkCode } from '@visapi/backend-kernel';
import { meaningOf } from './constraints.js';

/** SQLSTATE classes and codes that mean "not now" rather than "not so" (PostgreSQL manual, appendix A). */
const unavailable = [/^08/, /^53/, /^57P/, /^58/, /^25006$/, /^57014$/, /^55P03$/];
const transient = ['40001', '40P01'];
/** Texts of `pg` errors that carry no code. */
const poolTexts = [
  /timeout exceeded when trying to connect/,
  /Connection terminated/,
  /Query read timeout/,
  /is not queryable/,
];

/** The SQLSTATE or network code of an error thrown by the driver, if it has one. */
export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/**
 * Whether the database cannot serve at the moment (down, restarting, full, out of connections), or not this caller any
 * more: his deadline has passed, so that everything else he asks for would fail alike.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof AppError) return error.category === 'timeout';
  if (error instanceof AggregateError) return error.errors.some(isDatabaseUnavailable);
  const code = errorCode(error);
  if (code !== undefined && (isNetworkCode(code) || unavailable.some((pattern) => pattern.test(code))))
    return true;
  return error instanceof Error && poolTexts.some((pattern) => pattern.test(error.message));
}

/** Whether it was this one statement that could not be served in time, not the database as a whole. */
export function isSlowStatement(error: unknown): boolean {
  return ['57014', '55P03'].includes(errorCode(error) ?? '');
}

/** Whether the same statement may well succeed when it is simply run again (deadlock, serialisation). */
export function isTransientConflict(error: unknown): boolean {
  return transient.includes(errorCode(error) ?? '');
}

/** The constraint that refused a row, if that is what happened. Constraint names carry the meaning. */
export function violatedConstraint(error: unknown): string | undefined {
  if (!/^23/.test(errorCode(error) ?? '')) return undefined;
  const name = (error as { constraint?: unknown }).constraint;
  return typeof name === 'string' ? name : undefined;
}

/** A driver error as the rest of the system knows errors; others are returned as they are. */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  // A NUL can only have come with the caller's words: text of ours never holds one.
  if (errorCode(error) === '22021')
    return new AppError('invalid', 'Text must not contain the NUL character.', { cause: error });
  const meaning = meaningOf(violatedConstraint(error));
  if (meaning !== undefined) return new AppError('conflict', meaning, { cause: error });
  if (!isDatabaseUnavailable(error) && !isTransientConflict(error)) return error;
  return new AppError('unavailable', 'The database is not available at the moment; please send again.', {
    cause: error,
    retryAfterSeconds: 5,
  });
}
