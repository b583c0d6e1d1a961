import { type ErrorCode, errorCodes } from '@visapi/backend-kernel';
import { codesOf, errorResponse, isIdempotentByKey, responseName, statusOfCode } from './errors.js';
import type { Json } from './json-schemas.js';
import type { ApiRoute } from './route-list.js';

const text = { type: 'string' };
const moment = { type: 'string', format: 'date-time' };
const count = { type: 'integer', minimum: 0 };
const details = {
  type: 'array',
  items: {
    type: 'object',
    properties: { path: text, message: text },
    required: ['path', 'message'],
  },
};
const code = { type: 'string', enum: Object.keys(errorCodes) };
const objectOf = (properties: Json, optional: readonly string[] = []): Json => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** What every answer is made of. */
export const sharedSchemas: Readonly<Record<string, Json>> = {
  Meta: objectOf({ timestamp: moment, requestId: text }),
  Pagination: {
    description: 'Of a numbered page, or of a page by cursor; `nextCursor` null: there is no further page.',
    anyOf: [
      objectOf({ page: count, perPage: count, total: count, totalPages: count }),
      objectOf({ nextCursor: { type: ['string', 'null'] }, perPage: count }),
    ],
  },
  Error: objectOf({
    success: { type: 'boolean', const: false },
    error: objectOf({ code, message: text, details }, ['details']),
    meta: ref('Meta'),
  }),
  Problem: {
    description: 'The same by RFC 9457, for `Accept: application/problem+json`.',
    ...objectOf(
      { type: text, title: text, status: { type: 'integer' }, detail: text, code, requestId: text, details },
      ['details'],
    ),
  },
};

const header = (description: string, schema: Json = text) => ({ description, schema });

const headers: Readonly<Record<string, Json>> = {
  'X-Correlation-Id': header('The id that was sent, or a new one; our log knows the request by it.'),
  'X-Request-Id': header('The same.'),
  'RateLimit-Limit': header('Requests that are allowed within the window.', count),
  'RateLimit-Remaining': header('Requests that are left of them.', count),
  'RateLimit-Reset': header('Seconds until the window begins anew.', count),
  'RateLimit-Policy': header('The limit and its window.'),
  RateLimit: header('What is left of the limit, and when it is whole again.'),
  'Retry-After': header('Seconds to wait before sending again.', count),
  'Idempotency-Replayed': header(
    '`true` when this is the stored answer to an earlier request with the same key.',
  ),
  Deprecation: header('Since when the route is deprecated (RFC 9745).'),
  Sunset: header('Until when it is served (RFC 8594).'),
};

export const sharedParameters: Readonly<Record<string, Json>> = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'Any text of your own, new for each thing that you want done. Sent again with the same body, it answers what the first request was answered and does nothing more.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
  CorrelationId: {
    name: 'X-Correlation-Id',
    in: 'header',
    description: 'An id of your own, which stands in our logs and in every call that the request leads to.',
    schema: text,
  },
};

export const securitySchemes: Json = {
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'An API key: `<prefix>.<secret>`.',
  },
  bearer: { type: 'http', scheme: 'bearer', description: 'An API key, or the access token of a user.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'visapi_session',
    description: 'The session of a user in a browser; changes also need the `X-CSRF-Token` header.',
  },
};

const refsTo = (names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
const always = ['X-Correlation-Id', 'X-Request-Id'];
const limitHeaders = Object.keys(headers).filter((name) => name.startsWith('RateLimit'));

/** Headers of a successful answer. */
export function headersOf(route: ApiRoute): Json {
  const limits = route.rate === 'probe' ? [] : limitHeaders;
  const replayed = isIdempotentByKey(route) && !route.settings.secret ? ['Idempotency-Replayed'] : [];
  const deprecated = route.docs?.deprecated ? ['Deprecation', 'Sunset'] : [];
  return refsTo([...always, ...limits, ...replayed, ...deprecated]);
}

export const sharedHeaders: Json = headers;

/** One response for each set of codes that some route answers with one status. */
export function errorResponses(routes: readonly ApiRoute[]): Json {
  const sets = routes.flatMap((route) => [...Map.groupBy(codesOf(route), statusOfCode).values()]);
  const byName = new Map(sets.map((codes) => [responseName(codes), codes]));
  const sorted = [...byName].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([name, codes]) => [name, errorResponse(codes, refsTo([...always, ...waiting(codes)]))]),
  );
}

function waiting(codes: readonly ErrorCode[]): string[] {
  return codes.some((one) => one === 'RATE_LIMITED' || one === 'UNAVAILABLE') ? ['Retry-After'] : [];
}
