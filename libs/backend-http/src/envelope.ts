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
export function successBody(
  payload: unknown,
  requestId: string,
  schema: z.ZodType | undefined,
): string | Buffer {
  const end = `"meta":{"timestamp":"${textOfNow()}","requestId":${JSON.stringify(requestId)}}}`;
  if (payload instanceof Listed) {
    const items = JSON.stringify(
      schema ? payload.items.map((item: unknown) => schema.parse(item)) : payload.items,
    );
    return `{"success":true,"data":${items},"pagination":${JSON.stringify(payload.pagination)},${end}`;
  }
  if (typeof payload === 'object' && payload !== null && Object.isFrozen(payload))
    return joined(lastingStart(payload, schema), end);
  return startOf(payload, schema) + end;
}

function startOf(payload: unknown, schema: z.ZodType | undefined): string {
  const data = JSON.stringify(schema ? schema.parse(payload) : payload) as string | undefined;
  return data === undefined ? '{"success":true,' : `{"success":true,"data":${data},`;
}

const written = new WeakMap<object, { readonly schema: z.ZodType | undefined; readonly bytes: Buffer }>();

/**
 * What is frozen does not change: one that is answered again (see `onceFor`) is checked and written only once, and as
 * bytes, since to encode a text of Hebrew for each answer would cost a tenth of it.
 */
function lastingStart(payload: object, schema: z.ZodType | undefined): Buffer {
  const before = written.get(payload);
  if (before && before.schema === schema) return before.bytes;
  const bytes = Buffer.from(startOf(payload, schema));
  written.set(payload, { schema, bytes });
  return bytes;
}

function joined(start: Buffer, end: string): Buffer {
  const body = Buffer.allocUnsafe(start.length + Buffer.byteLength(end));
  body.set(start);
  body.write(end, start.length);
  return body;
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
