import { type DynamicModule, StandardSchemaValidationPipe, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { HttpConfig, LimitsConfig, ProcessConfig } from '@visapi/backend-config';
import { type Log, Metrics, nestLogger } from '@visapi/backend-observability';
import { Database } from '@visapi/backend-repositories';
import { IdempotencyKeysRepository } from '@visapi/backend-repositories/idempotency';
import { accessHook } from './access-hook.js';
import { Authenticator } from './authenticator.js';
import { earlyAnswers } from './early-answers.js';
import { ErrorFilter } from './error-filter.js';
import { addHooks } from './hooks.js';
import { Idempotency } from './idempotency.js';
import { invalidInput } from './invalid-input.js';
import { connectionLimits, type Patience } from './patience.js';
import { RateLimitHook } from './rate-limit-hook.js';
import { RateLimits } from './rate-limits.js';
import { securityHeadersOf } from './security-headers.js';

export interface HttpApp {
  readonly app: NestFastifyApplication;
  /** Starts to listen; returns the address. */
  listen(): Promise<string>;
  /** Stops taking requests, lets running ones end, closes everything in reverse order. */
  close(): Promise<void>;
}

type Where = 'port' | 'host' | 'reusePort';

/** Where to listen, and what else is set of HTTP; what is not set is off: no proxy is believed, answers are kept a day. */
type Listening = Pick<HttpConfig, Where> &
  Partial<Omit<HttpConfig, Where>> & { readonly patience?: Partial<Patience> };

interface Config {
  readonly http: Listening;
  readonly process: ProcessConfig;
  /** Without them nobody is limited. */
  readonly limits?: LimitsConfig;
}

/** Builds the HTTP application around a root module: hooks, envelope, errors, validation, access. */
export async function createHttpApp(root: Type | DynamicModule, config: Config, log: Log): Promise<HttpApp> {
  const app = await NestFactory.create<NestFastifyApplication>(root, adapterFor(config), {
    bodyParser: false,
    logger: nestLogger(log),
    abortOnError: false,
  });
  app.setGlobalPrefix('api/v1', { exclude: ['metrics', 'api/openapi.json', 'api/docs', 'api/docs/*rest'] });
  app.useGlobalFilters(new ErrorFilter(log));
  app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: invalidInput }));
  await hook(app, config, log);
  await app.init();
  return {
    app,
    listen: async () => {
      const { port, host, reusePort } = config.http;
      // Handed through to net.Server.listen, which knows reusePort since Node 23.1.
      const options = { port, host, backlog: 1024, ...(reusePort ? { reusePort } : {}) };
      await app.listen(options);
      return await app.getUrl();
    },
    close: () => app.close(),
  };
}

function adapterFor({ http, process }: Config): FastifyAdapter {
  return new FastifyAdapter({
    // There is no middleware of Nest's: what every request passes are the hooks.
    skipMiddie: true,
    routerOptions: { maxParamLength: 1_000 },
    ...connectionLimits(http.patience),
    // Answered by a hook of ours, in the envelope.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    trustProxy: http.trustProxy ?? false,
    ...earlyAnswers(securityHeadersOf(process.environment)),
  });
}

async function hook(app: NestFastifyApplication, { http, process, limits }: Config, log: Log): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  const unlimited = accessHook(app.get(Authenticator), process.environment);
  const limited = limits?.enabled ? new RateLimitHook(app.get(RateLimits), unlimited) : undefined;
  const keepMs = (http.idempotencyKeyTtlHours ?? 24) * 3_600_000;
  const idempotency = new Idempotency(app.get(Database), new IdempotencyKeysRepository(), keepMs);
  await addHooks(fastify, {
    ...{ log, metrics: app.get(Metrics), idempotency },
    strict: process.environment !== 'production',
    checkAccess: limited?.check ?? unlimited,
    securityHeaders: securityHeadersOf(process.environment),
    corsOrigins: http.corsOrigins,
  });
  limited?.countRefusals(fastify);
}
