import { type DynamicModule, StandardSchemaValidationPipe, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { HttpConfig, ProcessConfig } from '@visapi/backend-config';
import { AppError } from '@visapi/backend-kernel';
import { type Log, Metrics, nestLogger } from '@visapi/backend-observability';
import { accessHook } from './access-hook.js';
import { Authenticator } from './authenticator.js';
import { refuseAddress, refuseBytes } from './early-answers.js';
import { ErrorFilter } from './error-filter.js';
import { addHooks } from './hooks.js';

export interface HttpApp {
  readonly app: NestFastifyApplication;
  /** Starts to listen; returns the address. */
  listen(): Promise<string>;
  /** Stops taking requests, lets running ones end, closes everything in reverse order. */
  close(): Promise<void>;
}

/** Where to listen, and behind which proxies; without `trustProxy` behind none. */
type Listening = Omit<HttpConfig, 'trustProxy'> & Partial<Pick<HttpConfig, 'trustProxy'>>;

/** Builds the HTTP application around a root module: hooks, envelope, errors, validation, access. */
export async function createHttpApp(
  root: Type | DynamicModule,
  config: { http: Listening; process: ProcessConfig },
  log: Log,
): Promise<HttpApp> {
  const adapter = new FastifyAdapter({
    // There is no middleware of Nest's: what every request passes are the hooks.
    skipMiddie: true,
    routerOptions: { maxParamLength: 1_000 },
    keepAliveTimeout: 65_000,
    requestTimeout: 60_000,
    // Answered by a hook of ours, in the envelope.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    trustProxy: config.http.trustProxy ?? false,
    frameworkErrors: refuseAddress,
    clientErrorHandler: refuseBytes,
  });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bodyParser: false,
    logger: nestLogger(log),
    abortOnError: false,
  });
  app.setGlobalPrefix('api/v1', { exclude: ['metrics'] });
  app.useGlobalFilters(new ErrorFilter(log));
  app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: invalidInput }));
  const strict = config.process.environment !== 'production';
  const checkAccess = accessHook(app.get(Authenticator), config.process.environment);
  addHooks(adapter.getInstance(), { log, metrics: app.get(Metrics), checkAccess, strict });
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

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
}

function invalidInput(issues: readonly Issue[]): AppError {
  const details = issues.map((issue) => ({
    path: (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
    message: issue.message,
  }));
  return new AppError('invalid', 'The request is not valid.', { details });
}
