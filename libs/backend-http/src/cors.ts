import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** How long a browser remembers what it was told before a request, in seconds; more than this Chromium cuts to two hours. */
const rememberedSeconds = 7_200;

/** What pages may read of an answer besides its body. */
const exposed = [
  'X-Correlation-Id',
  'X-Request-Id',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Deprecation',
  'Sunset',
  'Location',
  'Idempotency-Replayed',
];

/** What pages may send. */
const allowed = [
  'Accept',
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'X-API-Key',
  'X-CSRF-Token',
  'X-Correlation-Id',
  'X-Request-Id',
];

/**
 * Lets pages of the named origins call the API with the credentials of their browser. Before access is looked at: a
 * browser asks without credentials whether it may ask with them, and a page must be able to read that it was refused.
 */
export async function letPagesIn(fastify: FastifyInstance, origins: readonly string[]): Promise<void> {
  await fastify.register(cors, {
    origin: [...origins],
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: allowed,
    exposedHeaders: exposed,
    maxAge: rememberedSeconds,
    strictPreflight: false,
  });
}
