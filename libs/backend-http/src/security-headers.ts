import type { ProcessConfig } from '@visapi/backend-config';

/**
 * What browsers are told with every answer. An API answers data, so that nothing of it may run, be framed, or be kept: the
 * values never differ between requests, which is why they are one object here and not `@fastify/helmet`, which decides
 * fifteen headers anew for each request by options that we would all set to constants. A route that serves a page (the
 * documentation) sends a Content-Security-Policy of its own instead.
 */
export const securityHeaders = Object.freeze({
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  // Answers hold what people told a visa agency, and whoever may read them today may not tomorrow.
  'cache-control': 'no-store',
});

/** In production the API is reached by TLS alone, and browsers keep to that for a year. */
const secureTransport = { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } as const;

export type SecurityHeaders = Readonly<Record<string, string>>;

export function securityHeadersOf(environment: ProcessConfig['environment']): SecurityHeaders {
  return environment === 'production'
    ? Object.freeze({ ...securityHeaders, ...secureTransport })
    : securityHeaders;
}
