import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, type Type } from '@nestjs/common';
import { AppError, type Scope } from '@visapi/backend-kernel';
import {
  createTestDatabase,
  provideGlobally,
  quietLog,
  quietProcess,
  takeTestRedis,
  type TestDatabase,
  testRoot,
  until,
} from '@visapi/backend-testing';
import { Authenticator, type Principal } from './authenticator.js';
import { createHttpApp, type HttpApp } from './create-http-app.js';
import { RateLimitModule } from './rate-limit.module.js';
import { Access } from './route.js';

let looks = 0;

@Controller()
class WatchedController {
  @Get('livez')
  @Access('public', { rate: 'probe' })
  probe() {
    return {};
  }

  @Get('measures')
  @Access({ scopes: ['metrics:read'] }, { rate: 'probe' })
  measure() {
    return {};
  }
}

class Keys extends Authenticator {
  async authenticate({ headers }: Parameters<Authenticator['authenticate']>[0]): Promise<Principal> {
    looks += 1;
    if (headers['x-api-key'] !== 'scraper.right')
      throw new AppError('unauthenticated', 'This API key is not valid.');
    const scopes = new Set<Scope>(['metrics:read']);
    return await Promise.resolve({ kind: 'api-key', id: 'scraper', label: 'scraper', scopes });
  }
}

const client = Symbol('client');
const perMinute = 3;
let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let app: HttpApp;

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  await redis.redis.flushdb();
  @Module({})
  class Things {}
  const things = {
    module: Things as Type,
    global: true,
    controllers: [WatchedController],
    providers: [{ provide: Authenticator, useClass: Keys }],
    exports: [Authenticator],
  };
  const limits = { enabled: true, perMinute, webhooksPerMinute: 0, signInsPerMinute: 2 };
  const counting = provideGlobally(new Map([[client, redis.redis]]));
  const modules = [counting, RateLimitModule.forRoot(limits, client), things];
  const http = { port: 0, host: '127.0.0.1', reusePort: false };
  app = await createHttpApp(testRoot(test.url, modules), { http, process: quietProcess, limits }, quietLog);
});
beforeEach(() => {
  looks = 0;
});
afterAll(async () => {
  await app.close();
  await redis.close();
  await test.drop();
});

const ask = async (path: string, key?: string) =>
  (
    await app.app.inject({
      method: 'GET',
      url: `/api/v1/${path}`,
      headers: key === undefined ? {} : { 'x-api-key': key },
      remoteAddress: '198.51.100.7',
    })
  ).statusCode;

describe('a route for whoever watches over us', () => {
  it('is never refused to them, and looks at no more guesses than others do', async () => {
    for (let n = 0; n < 2 * perMinute; n += 1) expect(await ask('measures', 'scraper.right')).toBe(200);
    for (let n = 0; n <= perMinute; n += 1) expect(await ask('measures', 'scraper.wrong')).toBe(401);
    // A refusal is counted behind its answer.
    await until(
      () => ask('measures', 'scraper.wrong'),
      (status) => status === 429,
    );
    looks = 0;
    await expect(ask('measures', 'scraper.guessed')).resolves.toBe(429);
    expect(looks).toBe(0);
    await expect(ask('measures', 'scraper.right')).resolves.toBe(200);
    await expect(ask('livez')).resolves.toBe(200);
  });
});
