import type { ErrorCode } from './error-codes.js';

/** What went wrong, in the few kinds that decide how it is told and whether it is tried again. */
export type Category =
  | 'invalid'
  | 'unprocessable'
  | 'too-large'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'rate-limited'
  | 'timeout'
  | 'unavailable'
  | 'bug';

export interface CategoryPolicy {
  /** HTTP status of an answer that carries this error. */
  readonly status: number;
  /** Code used when the error names none. */
  readonly code: ErrorCode;
  /** Whether a job that fails with it is tried again. */
  readonly retry: boolean;
  readonly logLevel: 'info' | 'warn' | 'error';
}

/** The one table that HTTP answers and job decisions are read from. */
export const categoryPolicy: Readonly<Record<Category, CategoryPolicy>> = {
  invalid: { status: 400, code: 'VALIDATION_ERROR', retry: false, logLevel: 'info' },
  unprocessable: { status: 422, code: 'UNPROCESSABLE', retry: false, logLevel: 'info' },
  'too-large': { status: 413, code: 'PAYLOAD_TOO_LARGE', retry: false, logLevel: 'info' },
  unauthenticated: { status: 401, code: 'UNAUTHENTICATED', retry: false, logLevel: 'info' },
  forbidden: { status: 403, code: 'FORBIDDEN', retry: false, logLevel: 'info' },
  'not-found': { status: 404, code: 'NOT_FOUND', retry: false, logLevel: 'info' },
  conflict: { status: 409, code: 'CONFLICT', retry: true, logLevel: 'info' },
  // Thousands of them say no more than one: they are counted (visapi_rate_limited_total).
  'rate-limited': { status: 429, code: 'RATE_LIMITED', retry: true, logLevel: 'info' },
  timeout: { status: 504, code: 'TIMEOUT', retry: true, logLevel: 'warn' },
  unavailable: { status: 503, code: 'UNAVAILABLE', retry: true, logLevel: 'warn' },
  bug: { status: 500, code: 'INTERNAL_ERROR', retry: true, logLevel: 'error' },
};

export interface ErrorDetail {
  /** Where, as a path of the input ("order.id"), or the name of a part. */
  readonly path: string;
  readonly message: string;
}

interface Options {
  readonly code?: ErrorCode;
  readonly details?: readonly ErrorDetail[];
  /** Further fields for the reader of an HTTP answer, e.g. the id of what was stored. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** The one exception of this system. Contexts export factories for theirs, never subclasses. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: readonly ErrorDetail[] | undefined;
  readonly extra: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly category: Category,
    message: string,
    options: Options = {},
  ) {
    super(message, { cause: options.cause });
    this.code = options.code ?? categoryPolicy[category].code;
    this.details = options.details;
    this.extra = options.extra;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Anything thrown, as an AppError; what nobody classified is a bug of ours. */
export function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return new AppError('bug', 'Something went wrong on our side.', { cause: thrown });
}
