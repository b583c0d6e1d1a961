import { AppError, asAppError, categoryPolicy } from '@visapi/backend-kernel';
import type { Failure } from '../events/backlog.repository.js';
import { errorCode, isDatabaseUnavailable, isSlowStatement, violatedConstraint } from './errors.js';

/**
 * What a handler or job threw, as it is kept: words of ours, else only the kind and the place. The text of other errors can quote
 * a row. `isFinal`: another try would end the same.
 */
export function failureOf(error: unknown, now: Date): Failure & { readonly isFinal: boolean } {
  const at = now.toISOString();
  if (error instanceof AppError) {
    const isFinal = !categoryPolicy[error.category].retry;
    return { at, code: error.code, message: firstLine(error.message), isFinal };
  }
  const ofDatabase = errorCode(error);
  const message = violatedConstraint(error) ?? placeOf(error);
  return { at, code: ofDatabase ?? asAppError(error).code, message, isFinal: false };
}

/** Whether it was the connection that went, not the handler that failed. A statement that takes too long is the handler's. */
export function isLostConnection(error: unknown): boolean {
  return isDatabaseUnavailable(error) && !isSlowStatement(error);
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 300);
}

/** The name of the error, and where our code was: the last two parts of the path. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const ours = frames.find((line) => !/node_modules|node:/.test(line)) ?? frames[0] ?? '';
  const place = /([^\s/()]+\/[^\s/()]+:\d+):\d+\)?$/.exec(ours);
  return place ? `${error.name} at ${place[1]}` : error.name;
}
