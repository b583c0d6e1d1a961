import { createServer, type Server } from 'node:http';
import type { Metrics } from '@visapi/backend-observability';
import type { HealthCheck } from './platform.module.js';

/**
 * A listener for a process without an API: `/livez`, `/readyz` and `/metrics`, for the platform and the scraper.
 * It shows no data of customers; still, bind it to an address that only they reach.
 */
export function createProbeServer(health: HealthCheck, metrics: Metrics): Server {
  return createServer((request, response) => {
    const answer = (status: number, body: string, type = 'application/json; charset=utf-8') =>
      response.writeHead(status, { 'content-type': type }).end(body);
    respond(request.url ?? '', health, metrics, answer).catch(() => answer(500, '{"status":"error"}'));
  });
}

async function respond(
  url: string,
  health: HealthCheck,
  metrics: Metrics,
  answer: (status: number, body: string, type?: string) => void,
): Promise<void> {
  if (url === '/livez') return answer(200, '{"status":"alive"}');
  if (url === '/metrics') return answer(200, await metrics.render(), metrics.contentType);
  if (url !== '/readyz') return answer(404, '{"status":"unknown"}');
  const checks = await health.check();
  const ready = Object.values(checks).every((check) => !check.needed || check.state !== 'down');
  answer(ready ? 200 : 503, JSON.stringify({ status: ready ? 'ready' : 'not ready', checks }));
}
