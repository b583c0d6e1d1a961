import { type AppError, type ErrorCode, type ErrorDetail, categoryPolicy } from '@visapi/backend-kernel';
import type { PageResult } from '@visapi/backend-repositories';
import type { z } from 'zod';

/** A page of a list, told apart from other answers by its class. */
export class Listed<T> {
  constructor(
    readonly items: readonly T[],
    readonly pagination: PageResult<T>['pagination'],
  ) {}
}

interface Meta {
  readonly timestamp: string;
  readonly requestId: string;
}

const meta = (requestId: string): Meta => ({ timestamp: textOfNow(), requestId });

let lastMs = 0;
let lastText = '';

/** Many answers are given within a millisecond; to write the time costs more than all else that is said of one. */
function textOfNow(): string {
  const ms = Date.now();
  if (ms !== lastMs) [lastMs, lastText] = [ms, new Date(ms).toISOString()];
  return lastText;
}

/** The body of a successful answer, as JSON. `data` passes the route's response schema, which removes unknown fields. */
export function successBody(payload: unknown, requestId: string, schema: z.ZodType | undefined): string {
  const end = `"meta":{"timestamp":"${textOfNow()}","requestId":${JSON.stringify(requestId)}}}`;
  if (payload instanceof Listed) {
    const items = JSON.stringify(
      schema ? payload.items.map((item: unknown) => schema.parse(item)) : payload.items,
    );
    return `{"success":true,"data":${items},"pagination":${JSON.stringify(payload.pagination)},${end}`;
  }
  const data = dataOf(payload, schema);
  return data === undefined ? `{"success":true,${end}` : `{"success":true,"data":${data},${end}`;
}

const written = new WeakMap<object, { readonly schema: z.ZodType | undefined; readonly text: string }>();

/** What is frozen does not change: one that is answered again (see `onceFor`) is checked and written only once. */
function dataOf(payload: unknown, schema: z.ZodType | undefined): string | undefined {
  const isLasting = typeof payload === 'object' && payload !== null && Object.isFrozen(payload);
  const before = isLasting ? written.get(payload) : undefined;
  if (before && before.schema === schema) return before.text;
  const text = JSON.stringify(schema ? schema.parse(payload) : payload) as string | undefined;
  if (isLasting && text !== undefined) written.set(payload, { schema, text });
  return text;
}

/**
 * Makes an answer of a value that many requests share only once. Those are the values of the cache, which it freezes;
 * of others each call makes a new answer.
 */
export function onceFor<From extends object, To extends object>(make: (from: From) => To) {
  const made = new WeakMap<From, To>();
  return (from: From): To => {
    if (!Object.isFrozen(from)) return make(from);
    const answer = made.get(from) ?? Object.freeze(make(from));
    made.set(from, answer);
    return answer;
  };
}

interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: readonly ErrorDetail[];
}

/** Where a code is explained: its place on the page of all codes. */
function problemType(code: ErrorCode): string {
  return `/api/docs/errors#${code.toLowerCase()}`;
}

/** The body of a failed answer, in our envelope or as RFC 9457 when the caller asks for `application/problem+json`. */
export function errorBody(error: AppError, requestId: string, asProblem: boolean): object {
  const body: ErrorBody = {
    code: error.code,
    message: error.message,
    ...(error.details ? { details: error.details } : {}),
  };
  if (!asProblem) return { success: false, error: { ...body, ...error.extra }, meta: meta(requestId) };
  return {
    type: problemType(error.code),
    title: error.code,
    status: categoryPolicy[error.category].status,
    detail: error.message,
    code: error.code,
    requestId,
    ...(error.details ? { details: error.details } : {}),
    ...error.extra,
  };
}
