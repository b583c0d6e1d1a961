import { AppError, cleanCorrelationId, newCorrelationId, parseJson } from '@visapi/backend-kernel';
import type { Log, Metrics } from '@visapi/backend-observability';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Answers } from './answers.js';
import { letPagesIn } from './cors.js';
import { refuseWhenClosing } from './early-answers.js';
import { successBody } from './envelope.js';
import { listRoutes } from './openapi/route-list.js';
import { faultOfAddress, faultOfNesting } from './input-limits.js';
import { readBytes } from './read-bytes.js';
import type { Idempotency } from './idempotency.js';
import type { HttpRequest } from './request-context.js';
import type { RouteSettings } from './route.js';
import type { SecurityHeaders } from './security-headers.js';
import { withinLimit } from './time-limit.js';

interface Parts {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly checkAccess: (request: HttpRequest, reply: FastifyReply) => Promise<void>;
  readonly securityHeaders: SecurityHeaders;
  /** Origins of web pages that may call; undefined = none. */
  readonly corsOrigins: readonly string[] | undefined;
  /** An answer that does not fit its schema is an error (tests, development) instead of a log line (production). */
  readonly strict: boolean;
  readonly idempotency: Idempotency;
}

/**
 * What every request passes, in this order: correlation, other origins, shutdown, access and its limits, address and body,
 * time limit, envelope, log line.
 */
export async function addHooks(fastify: FastifyInstance, parts: Parts): Promise<void> {
  fastify.decorateRequest('visapi', null as never);
  fastify.addHook('onRequest', (request, reply, done) => {
    begin(request as HttpRequest, reply, parts.securityHeaders);
    done();
  });
  // Before routes are watched, for it brings one of its own that is never reached.
  if (parts.corsOrigins) await letPagesIn(fastify, parts.corsOrigins);
  fastify.addHook('onRoute', (route) => {
    if (route.config?.access === undefined)
      throw new Error(`Route ${String(route.method)} ${route.url} declares no access rule`);
    parts.idempotency.watch(route);
  });
  listRoutes(fastify);
  refuseWhenClosing(fastify);
  fastify.addHook('onRequest', async (request, reply) => {
    await parts.checkAccess(request as HttpRequest, reply);
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, body, done) => readBytes(body, done));
  fastify.addHook('preValidation', (request, _reply, done) => done(readBody(request as HttpRequest)));
  // Here and not earlier: events of the socket, by which a body arrives, know nothing of the request's deadline.
  fastify.addHook('preValidation', (request, reply, done) =>
    withinLimit(request as HttpRequest, reply, done),
  );
  const answers = new Answers();
  fastify.addHook('preSerialization', (request, reply, payload, done) => {
    reply.serializer(asItIs);
    wrap(request as HttpRequest, payload, parts, (error, body) =>
      answers.add(reply, () => done(error as null, body)),
    );
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    conclude(request as HttpRequest, reply, parts);
    done();
  });
}

function begin(request: HttpRequest, reply: FastifyReply, fixed: SecurityHeaders): void {
  const { headers } = request;
  const given =
    cleanCorrelationId(headers['x-correlation-id']) ?? cleanCorrelationId(headers['x-request-id']);
  const correlationId = given ?? newCorrelationId();
  const contentType = headers['content-type'];
  const { url: route, config } = request.routeOptions;
  const settings = config as RouteSettings;
  request.visapi = { correlationId, arrivedAt: performance.now(), route, settings, contentType, fields: {} };
  // Fastify refuses a type that it cannot parse; an order must not be lost for what its sender calls it.
  if (contentType !== undefined) headers['content-type'] = 'application/octet-stream';
  void reply.headers(fixed).header('x-correlation-id', correlationId).header('x-request-id', correlationId);
}

/** Bodies arrive as bytes; unless the route wants them so (and keeps whatever it is sent), they must be JSON. */
function readBody(request: HttpRequest): Error | undefined {
  if (request.visapi.settings.raw) return undefined;
  const fault = faultOfAddress(request);
  if (fault || !Buffer.isBuffer(request.body)) return fault;
  if (request.body.length === 0) {
    request.body = undefined;
    return undefined;
  }
  if (request.headers['idempotency-key'] !== undefined) request.visapi.bytes = request.body;
  const nesting = faultOfNesting(request.body);
  if (nesting) return nesting;
  const parsed = parseJson(request.body);
  if (!parsed) return new AppError('invalid', 'The body must be JSON in UTF-8.');
  request.body = parsed.value;
  return undefined;
}

/** The hook made it text, or bytes of which Fastify's type does not know, already. */
const asItIs = (body: unknown): string => body as string;

function wrap(
  request: HttpRequest,
  payload: unknown,
  parts: Parts,
  done: (error: Error | null, payload?: unknown) => void,
): void {
  const { correlationId, route, settings } = request.visapi;
  try {
    done(null, successBody(payload, correlationId, settings.responds));
  } catch (error) {
    if (parts.strict) return done(error as Error);
    parts.log.error('answer does not fit its schema', { correlationId, route }, error);
    done(null, successBody(payload, correlationId, undefined));
  }
}

/** Nobody was there any more to be answered. The status is nginx's; no standard has one. */
const unheard = 499;

function conclude(request: HttpRequest, reply: FastifyReply, { log, metrics }: Parts): void {
  const { correlationId, arrivedAt, route = 'unknown', fields, principal } = request.visapi;
  const durationMs = performance.now() - arrivedAt;
  const status = reply.raw.writableFinished ? reply.statusCode : unheard;
  metrics.httpDuration.observe({ method: request.method, route, status }, durationMs / 1000);
  if (!log.infoEnabled) return;
  log.info('request', {
    method: request.method,
    route,
    status,
    durationMs: Math.round(durationMs * 10) / 10,
    correlationId,
    ...(principal?.kind === 'user' ? { user: principal.label } : { apiKey: principal?.label }),
    ...fields,
  });
}
