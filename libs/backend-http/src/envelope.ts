import { type AppError, type ErrorDetail, categoryPolicy } from '@visapi/backend-kernel';
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

const meta = (requestId: string): Meta => ({ timestamp: new Date().toISOString(), requestId });

/** The body of a successful answer. `data` passes the route's response schema, which removes unknown fields. */
export function successBody(payload: unknown, requestId: string, schema: z.ZodType | undefined): object {
  if (payload instanceof Listed) {
    const items = schema ? payload.items.map((item) => schema.parse(item)) : payload.items;
    return { success: true, data: items, pagination: payload.pagination as object, meta: meta(requestId) };
  }
  return { success: true, data: schema ? schema.parse(payload) : payload, meta: meta(requestId) };
}

interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly ErrorDetail[];
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
    type: `urn:visapi:problem:${error.code.toLowerCase().replaceAll('_', '-')}`,
    title: error.code,
    status: categoryPolicy[error.category].status,
    detail: error.message,
    code: error.code,
    requestId,
    ...(error.details ? { details: error.details } : {}),
    ...error.extra,
  };
}
