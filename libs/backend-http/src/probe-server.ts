import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Metrics } from '@visapi/backend-observability';
import { isFromThisMachine } from './own-machine.js';
import type { HealthCheck } from './platform.module.js';
import { securityHeaders } from './security-headers.js';

export interface MetricsAccess {
  /** Bearer token that opens `/metrics`. */
  readonly token: string | undefined;
  /** In development the machine itself needs no token. */
  readonly isDevelopment: boolean;
}

/** A listener for a process without an API: `/livez` and `/readyz` for everybody, `/metrics` for the scraper. */
export function createProbeServer(health: HealthCheck, metrics: Metrics, access: MetricsAccess): Server {
  return createServer((request, response) => {
    const answer = (status: number, body: string, type = 'application/json; charset=utf-8') =>
      response.writeHead(status, { ...securityHeaders, 'content-type': type }).end(body);
    respond(request, health, metrics, access, answer).catch(() => answer(500, '{"status":"error"}'));
  });
}

async function respond(
  request: IncomingMessage,
  health: HealthCheck,
  metrics: Metrics,
  access: MetricsAccess,
  answer: (status: number, body: string, type?: string) => void,
): Promise<void> {
  if (request.url === '/livez') return answer(200, '{"status":"alive"}');
  if (request.url === '/metrics' && !mayReadMetrics(request, access))
    return answer(401, '{"status":"refused"}');
  if (request.url === '/metrics') return answer(200, await metrics.render(), metrics.contentType);
  if (request.url !== '/readyz') return answer(404, '{"status":"unknown"}');
  const checks = await health.check();
  const ready = Object.values(checks).every((check) => !check.needed || check.state !== 'down');
  answer(ready ? 200 : 503, JSON.stringify({ status: ready ? 'ready' : 'not ready', checks }));
}

function mayReadMetrics(request: IncomingMessage, { token, isDevelopment }: MetricsAccess): boolean {
  if (isDevelopment && isFromThisMachine(request)) return true;
  const given = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return token !== undefined && given !== undefined && timingSafeEqual(digest(token), digest(given));
}

/** Digests have one length, so comparing them tells nothing about the token's. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
