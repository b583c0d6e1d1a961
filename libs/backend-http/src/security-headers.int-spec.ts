import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Header, Module, Patch, type Type } from '@nestjs/common';
import { AppError } from '@visapi/backend-kernel';
import { Metrics } from '@visapi/backend-observability';
import {
  createTestDatabase,
  quietLog,
  quietProcess,
  type TestDatabase,
  testRoot,
} from '@visapi/backend-testing';
import { Authenticator } from './authenticator.js';
import { createHttpApp, type HttpApp } from './create-http-app.js';
import { createProbeServer } from './probe-server.js';
import { Access } from './route.js';

@Controller('things')
class ThingsController {
  @Get()
  @Access('public')
  read() {
    return { fine: true };
  }

  @Get('bug')
  @Access('public')
  fail() {
    throw new Error('secret detail at /srv/app/libs/secret-file.ts:12:3');
  }

  @Get('page')
  @Access('public')
  @Header('content-security-policy', "default-src 'self'")
  page() {
    return {};
  }

  @Patch('closed')
  @Access({ scopes: ['orders:write'] })
  closed() {
    return {};
  }
}

const page = 'https://app.invented.example';
let test: TestDatabase;
let plain: HttpApp;
let production: HttpApp;

async function start(environment: 'test' | 'production', corsOrigins?: readonly string[]): Promise<HttpApp> {
  @Module({})
  class Things {}
  const refuse = () => Promise.reject(new AppError('unauthenticated', 'Who are you?'));
  const things = {
    module: Things as Type,
    global: true,
    controllers: [ThingsController],
    providers: [{ provide: Authenticator, useValue: { authenticate: refuse } }],
    exports: [Authenticator],
  };
  const http = { port: 0, host: '127.0.0.1', reusePort: false, corsOrigins };
  const config = { http, process: { ...quietProcess, environment } };
  return await createHttpApp(testRoot(test.url, [things]), config, quietLog);
}

beforeAll(async () => {
  test = await createTestDatabase();
  plain = await start('test');
  production = await start('production', [page, 'https://other.invented.example']);
});
afterAll(async () => {
  await Promise.all([plain.close(), production.close()]);
  await test.drop();
});

const always = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

describe('every answer', () => {
  it.each([
    ['a good one', 'GET', '/api/v1/things', 200],
    ['a bug of ours', 'GET', '/api/v1/things/bug', 500],
    ['a refusal', 'PATCH', '/api/v1/things/closed', 401],
    ['an unknown address', 'GET', '/nothing', 404],
    ['an unknown method', 'DELETE', '/api/v1/things', 404],
    ['an address that is none', 'GET', '/api/v1/%FF', 400],
  ] as const)(
    'tells browsers to run, frame and keep nothing of it: %s',
    async (_name, method, url, status) => {
      for (const app of [plain, production]) {
        const { headers, statusCode } = await app.app.inject({ method, url });
        expect(statusCode).toBe(status);
        expect(headers).toMatchObject(always);
      }
    },
  );

  it('demands TLS for a year in production, and only there', async () => {
    const header = async (app: HttpApp) =>
      (await app.app.inject('/api/v1/things')).headers['strict-transport-security'];
    await expect(header(production)).resolves.toBe('max-age=31536000; includeSubDomains');
    await expect(header(plain)).resolves.toBeUndefined();
  });

  it('says nothing of what it is made with, nor where a bug is', async () => {
    for (const app of [plain, production])
      for (const url of ['/api/v1/things', '/api/v1/things/bug', '/nothing', '/api/v1/%FF'])
        for (const accept of ['application/json', 'application/problem+json', 'text/html']) {
          const { headers, body } = await app.app.inject({ url, headers: { accept } });
          for (const banner of ['server', 'x-powered-by', 'via']) expect(headers[banner]).toBeUndefined();
          expect(body).not.toMatch(/secret|\.ts|\.js|node_modules|stack|fastify|nest/i);
        }
  });

  it('of a process without an API is no different', async () => {
    const health = { check: () => Promise.resolve({}) };
    const probes = createProbeServer(health, plain.app.get(Metrics), {
      token: undefined,
      isDevelopment: false,
    });
    await once(probes.listen(0, '127.0.0.1'), 'listening');
    for (const [path, status] of [
      ['livez', 200],
      ['metrics', 401],
      ['nothing', 404],
    ] as const) {
      const answer = await fetch(`http://127.0.0.1:${(probes.address() as AddressInfo).port}/${path}`);
      expect(answer.status).toBe(status);
      expect(Object.fromEntries(answer.headers)).toMatchObject(always);
    }
    probes.close();
  });

  it('that is a page may allow itself more', async () => {
    const { headers } = await plain.app.inject('/api/v1/things/page');
    expect(headers['content-security-policy']).toBe("default-src 'self'");
  });
});

describe('a page of another origin', () => {
  const preflight = async (app: HttpApp, origin: string) =>
    await app.app.inject({
      method: 'OPTIONS',
      url: '/api/v1/things/closed',
      headers: { origin, 'access-control-request-method': 'PATCH' },
    });

  it('that is named may ask without credentials whether it may ask, and remembers the answer', async () => {
    const { statusCode, headers } = await preflight(production, page);
    expect(statusCode).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': page,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': expect.stringContaining('PATCH'),
      'access-control-allow-headers': expect.stringContaining('Idempotency-Key'),
      'access-control-max-age': '7200',
      'x-correlation-id': expect.any(String),
      vary: expect.stringContaining('Origin'),
    });
  });

  it('that is named can read an answer, a refusal too, with what it says of limits', async () => {
    for (const [method, url] of [
      ['GET', '/api/v1/things'],
      ['PATCH', '/api/v1/things/closed'],
      ['GET', '/nothing'],
    ] as const) {
      const { headers } = await production.app.inject({ method, url, headers: { origin: page } });
      expect(headers['access-control-allow-origin']).toBe(page);
      for (const name of ['X-Correlation-Id', 'RateLimit', 'Retry-After', 'Deprecation', 'Sunset'])
        expect(headers['access-control-expose-headers']).toContain(name);
    }
  });

  it.each([
    'https://app.invented.example.evil.example',
    'http://app.invented.example',
    'https://app.invented.example:8443',
    'null',
  ])('that is not named is let in nowhere: %s', async (origin) => {
    for (const answer of [
      await preflight(production, origin),
      await production.app.inject({ url: '/api/v1/things', headers: { origin } }),
    ])
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('is let in nowhere unless origins are set', async () => {
    const { statusCode, headers } = await preflight(plain, page);
    expect([statusCode, headers['access-control-allow-origin']]).toEqual([404, undefined]);
  });
});
