import { categoryPolicy, type ErrorCode, errorCodes } from '@visapi/backend-kernel';
import { takesKey } from '../idempotency-key.js';
import type { Json } from './json-schemas.js';
import type { ApiRoute } from './route-list.js';

/** Whether an `Idempotency-Key` is heeded. */
export function isIdempotentByKey({ method, settings }: ApiRoute): boolean {
  return takesKey({ method: method.toUpperCase(), config: settings });
}

export function takesBody({ method, input, settings }: ApiRoute): boolean {
  return input.body !== undefined || (settings.raw === true && method !== 'get');
}

/** The codes that a route's rule and input bring by themselves, and those it declares. */
export function codesOf(route: ApiRoute): ErrorCode[] {
  const { rule, rate, input, path, settings, docs } = route;
  const when = (condition: boolean, ...codes: ErrorCode[]) => (condition ? codes : []);
  const hasInput = input.path !== undefined || input.query !== undefined || takesBody(route);
  const codes = [
    ...when(hasInput, 'VALIDATION_ERROR'),
    ...when(rule !== 'public', 'UNAUTHENTICATED', 'FORBIDDEN'),
    ...when(path.includes('{'), 'NOT_FOUND'),
    ...when(takesBody(route), 'PAYLOAD_TOO_LARGE'),
    ...when(isIdempotentByKey(route), 'CONFLICT', 'IDEMPOTENCY_KEY_REUSED'),
    ...when(rate !== 'probe', 'RATE_LIMITED'),
    ...when(settings.isRepeated !== true, 'TIMEOUT'),
    ...(docs?.errors ?? []),
    'INTERNAL_ERROR' as const,
    'UNAVAILABLE' as const,
  ];
  return [...new Set(codes)].sort((a, b) => statusOfCode(a) - statusOfCode(b) || (a < b ? -1 : 1));
}

export function statusOfCode(code: ErrorCode): number {
  return categoryPolicy[errorCodes[code].category].status;
}

/** Name of the response that carries any of these codes; all have one status. */
export function responseName(codes: readonly ErrorCode[]): string {
  const words = codes.join('_OR_').toLowerCase().split('_');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

export function errorResponse(codes: readonly ErrorCode[], headers: Json): Json {
  const told = codes.map((code) => `\`${code}\`: ${errorCodes[code].cause}`).join('\n\n');
  const only = { type: 'string', enum: codes };
  const narrowed = (schema: string, properties: Json) => ({
    schema: { allOf: [{ $ref: `#/components/schemas/${schema}` }, { type: 'object', properties }] },
  });
  return {
    description: told,
    headers,
    content: {
      'application/json': narrowed('Error', { error: { type: 'object', properties: { code: only } } }),
      'application/problem+json': narrowed('Problem', { code: only }),
    },
  };
}
