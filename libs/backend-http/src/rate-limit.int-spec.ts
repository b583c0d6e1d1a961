import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, HttpCode, Module, Post, type Type } from '@nestjs/common';
import type { LimitsConfig } from '@visapi/backend-config';
import { AppError, type Scope } from '@visapi/backend-kernel';
import {
  createTestDatabase,
  openSilentWay,
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
import { reportLimit, webhookLimit } from './time-limit.js';

let looks = 0;

@Controller()
class ThingsController {
  @Get('things')
  @Access({ scopes: ['orders:read'] })
  read() {
    return {};
  }

  @Delete('things')
  @Access({ scopes: ['orders:write'] })
  change() {
    return {};
  }

  @Get('report')
  @Access({ scopes: ['orders:read'] }, reportLimit)
  report() {
    return {};
  }

  @Get('open')
  @Access('public')
  open() {
    return {};
  }

  @Get('livez')
  @Access('public', { rate: 'probe' })
  probe() {
    return {};
  }

  @Post('hook')
  @HttpCode(200)
  @Access({ scopes: ['webhook:vizi'] }, webhookLimit)
  hook() {
    return {};
  }

  @Post('signed')
  @Access('public', webhookLimit)
  signed() {
    throw new AppError('unauthenticated', 'The signature does not fit.');
  }

  @Post('signin')
  @HttpCode(200)
  @Access('public', { rate: 'sign-in' })
  signIn() {
    return {};
  }
}

/** `<id>.right` is a key, `user:<id>.right` a user; everything else is wrong. */
class Keys extends Authenticator {
  async authenticate({ headers }: Parameters<Authenticator['authenticate']>[0]): Promise<Principal> {
    looks += 1;
    const [name = '', secret] = String(headers['x-api-key']).split('.');
    if (secret !== 'right') throw new AppError('unauthenticated', 'This API key is not valid.');
    const scopes = new Set<Scope>(['orders:read', 'webhook:vizi']);
    const common = { id: name, label: name, scopes };
    return await Promise.resolve(
      name.startsWith('user')
        ? { kind: 'user', ...common, sessionId: 's', email: 'noa@invented.example', role: 'support' }
        : { kind: 'api-key', ...common },
    );
  }
}

const usual: LimitsConfig = { enabled: true, perMinute: 3, webhooksPerMinute: 0, signInsPerMinute: 2 };
const clientToken = Symbol('client');
const open: HttpApp[] = [];
let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
});
beforeEach(async () => {
  looks = 0;
  await redis.redis.flushdb();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});
afterAll(async () => {
  await redis.close();
  await test.drop();
});

async function start(
  changes: Partial<LimitsConfig> = {},
  { client = redis.redis, trustProxy }: { client?: object; trustProxy?: string } = {},
): Promise<HttpApp> {
  @Module({})
  class Things {}
  const things = {
    module: Things as Type,
    global: true,
    controllers: [ThingsController],
    providers: [{ provide: Authenticator, useClass: Keys }],
    exports: [Authenticator],
  };
  const limits = { ...usual, ...changes };
  const counting = provideGlobally(new Map([[clientToken, client]]));
  const modules = [counting, RateLimitModule.forRoot(limits, clientToken), things];
  const http = { port: 0, host: '127.0.0.1', reusePort: false, ...(trustProxy && { trustProxy }) };
  const config = { http, process: quietProcess, limits };
  const started = await createHttpApp(testRoot(test.url, modules), config, quietLog);
  open.push(started);
  return started;
}

interface Asked {
  readonly key?: string;
  readonly from?: string;
  readonly forwardedFor?: string;
}

async function ask(app: HttpApp, route: string, { key, from = '198.51.100.7', forwardedFor }: Asked = {}) {
  const [method = 'GET', path] = route.split(' ') as ['GET' | 'POST' | 'DELETE', string];
  const headers = {
    ...(key === undefined ? {} : { 'x-api-key': key }),
    ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }),
  };
  return await app.app.inject({ method, url: `/api/v1/${path}`, headers, remoteAddress: from });
}

async function statuses(app: HttpApp, times: number, route: string, asked: Asked = {}): Promise<number[]> {
  const seen: number[] = [];
  for (let n = 0; n < times; n += 1) seen.push((await ask(app, route, asked)).statusCode);
  return seen;
}

const shop = { key: 'shop.right' };
const guess = { key: 'shop.wrong' };

describe('a caller', () => {
  it('is told in every answer how much is left, in both forms of the standard', async () => {
    const { headers } = await ask(await start(), 'GET things', shop);
    expect(headers).toMatchObject({
      'ratelimit-limit': '3',
      'ratelimit-remaining': '2',
      'ratelimit-reset': expect.stringMatching(/^(60|59)$/),
      'ratelimit-policy': '"default";q=3;w=60',
      ratelimit: expect.stringMatching(/^"default";r=2;t=(60|59)$/),
    });
  });

  it('is refused above the limit, told which one it is and when to come again', async () => {
    const app = await start();
    await expect(statuses(app, 3, 'GET things', shop)).resolves.toEqual([200, 200, 200]);
    const { statusCode, headers, body } = await ask(app, 'GET things', shop);
    expect([statusCode, headers['ratelimit-remaining']]).toEqual([429, '0']);
    expect(headers['retry-after']).toBe(headers['ratelimit-reset']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(50);
    expect(JSON.parse(body)).toMatchObject({
      error: {
        code: 'RATE_LIMITED',
        message: expect.stringMatching(/^There were more than 3 requests in 60 s with this API key; come/),
      },
    });
  });

  it('has one budget for reads, changes and reports, allowed or not', async () => {
    const app = await start();
    const seen = [];
    for (const route of ['GET things', 'DELETE things', 'GET report', 'GET things'])
      seen.push(...(await statuses(app, 1, route, shop)));
    expect(seen).toEqual([200, 403, 200, 429]);
  });

  it('has that budget over all processes together, wherever it comes from', async () => {
    const [one, other] = [await start(), await start()];
    await expect(statuses(one, 2, 'GET things', shop)).resolves.toEqual([200, 200]);
    await expect(statuses(other, 2, 'GET things', { ...shop, from: '203.0.113.1' })).resolves.toEqual([
      200, 429,
    ]);
  });

  it('takes nothing from others: keys and users have budgets of their own', async () => {
    const app = await start();
    await statuses(app, 4, 'GET things', shop);
    for (const key of ['other.right', 'user-1.right', 'user-2.right'])
      await expect(statuses(app, 1, 'GET things', { key })).resolves.toEqual([200]);
    await statuses(app, 3, 'GET things', { key: 'user-1.right' });
    const { body } = await ask(app, 'GET things', { key: 'user-1.right' });
    expect(body).toContain('of this user');
  });

  it.each([
    ['limits are off', { enabled: false }],
    ['there is no limit', { perMinute: 0 }],
  ])('is neither counted nor told anything when %s', async (_name, changes) => {
    const app = await start(changes);
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(app, 'GET things', shop)));
    for (const { statusCode, headers } of answers)
      expect([statusCode, headers['ratelimit']]).toEqual([200, undefined]);
    await expect(redis.redis.keys('visapi:limit:*')).resolves.toEqual([]);
  });

  it('that has no key is an address: public routes, unknown ones and wrong keys count together', async () => {
    const app = await start();
    const seen = [];
    for (const route of ['GET open', 'GET nothing', 'GET things', 'GET open'])
      seen.push(...(await statuses(app, 1, route)));
    expect(seen).toEqual([200, 404, 401, 429]);
    await expect(statuses(app, 1, 'GET open', { from: '198.51.100.8' })).resolves.toEqual([200]);
  });

  it('cannot take turns with the addresses of its IPv6 network', async () => {
    const app = await start();
    const from = (last: number) => ({ from: `2001:db8:1:2::${last}` });
    for (let last = 1; last <= 3; last += 1) await statuses(app, 1, 'GET open', from(last));
    await expect(statuses(app, 1, 'GET open', from(4))).resolves.toEqual([429]);
    await expect(statuses(app, 1, 'GET open', { from: '2001:db8:1:3::1' })).resolves.toEqual([200]);
  });
});

describe('probes', () => {
  it('are never counted', async () => {
    const app = await start();
    await expect(statuses(app, 10, 'GET livez')).resolves.toEqual(Array(10).fill(200));
    await expect(redis.redis.keys('visapi:limit:*')).resolves.toEqual([]);
  });
});

describe('who guesses keys', () => {
  it('is refused, and from then on no key is looked at that was never right here', async () => {
    const app = await start();
    await expect(statuses(app, 5, 'GET things', guess)).resolves.toEqual([401, 401, 401, 429, 429]);
    expect(looks).toBe(4);
    await expect(statuses(app, 1, 'GET things', { key: 'late.right' })).resolves.toEqual([429]);
    expect(looks).toBe(4);
  });

  it('gets in by no key but a right one, also when Redis forgets what was counted meanwhile', async () => {
    const app = await start();
    await statuses(app, 5, 'GET things', guess);
    await redis.redis.flushdb();
    await expect(statuses(app, 2, 'GET things', guess)).resolves.toEqual([429, 429]);
    await expect(statuses(app, 1, 'POST hook', guess)).resolves.toEqual([401]);
  });

  it('keeps nobody from signing in', async () => {
    const app = await start();
    await statuses(app, 5, 'GET things', guess);
    await expect(statuses(app, 1, 'POST signin')).resolves.toEqual([200]);
  });

  it('does not shut out whoever shares the address and has a key that was right', async () => {
    const app = await start();
    await statuses(app, 1, 'GET things', shop);
    await statuses(app, 6, 'GET things', guess);
    await expect(statuses(app, 1, 'GET things', shop)).resolves.toEqual([200]);
  });

  it('never keeps an order out: the key of a webhook is always looked at', async () => {
    const app = await start();
    await statuses(app, 6, 'GET things', guess);
    await expect(statuses(app, 1, 'POST hook', { key: 'vizi.right' })).resolves.toEqual([200]);
  });

  it('is counted for wrong keys and signatures of webhooks too', async () => {
    const app = await start();
    await statuses(app, 2, 'POST signed');
    await statuses(app, 2, 'POST hook', guess);
    let n = 0;
    await until(
      // Another key each time: one that was right would go on.
      async () => (await statuses(app, 1, 'GET things', { key: `late-${(n += 1)}.right` }))[0],
      (status) => status === 429,
    );
  });
});

describe('webhooks', () => {
  it('have no limit by default, and add nothing to Redis', async () => {
    const app = await start();
    await expect(statuses(app, 10, 'POST hook', { key: 'vizi.right' })).resolves.toEqual(Array(10).fill(200));
    await expect(redis.redis.keys('visapi:limit:*')).resolves.toEqual([]);
  });

  it('have a budget of their own when it is set', async () => {
    const app = await start({ webhooksPerMinute: 2 });
    await expect(statuses(app, 3, 'POST hook', shop)).resolves.toEqual([200, 200, 429]);
    await expect(statuses(app, 1, 'GET things', shop)).resolves.toEqual([200]);
  });
});

describe('signing in', () => {
  it('has a budget of its own, by address', async () => {
    const app = await start();
    await expect(statuses(app, 3, 'POST signin')).resolves.toEqual([200, 200, 429]);
    await expect(statuses(app, 1, 'GET open')).resolves.toEqual([200]);
    const { body } = await ask(app, 'POST signin', shop);
    expect(body).toContain('more than 2 sign-in requests in 60 s from this address');
  });
});

describe('while Redis is away', () => {
  let client: typeof redis.redis;
  const away = () => ({ client });

  beforeAll(() => {
    client = redis.redis.duplicate({ port: 1, enableOfflineQueue: false }).on('error', () => undefined);
  });
  afterAll(() => client.disconnect());

  it('webhooks pass, whatever their limit', async () => {
    const app = await start({ webhooksPerMinute: 1 }, away());
    await expect(statuses(app, 5, 'POST hook', shop)).resolves.toEqual(Array(5).fill(200));
  });

  it('nobody signs in, and is told when to try again', async () => {
    const { statusCode, headers } = await ask(await start({}, away()), 'POST signin');
    expect([statusCode, headers['retry-after']]).toEqual([503, '5']);
  });

  it('others are counted by each process alone, with the same limit', async () => {
    const [one, other] = [await start({}, away()), await start({}, away())];
    for (const app of [one, other])
      await expect(statuses(app, 4, 'GET things', shop)).resolves.toEqual([200, 200, 200, 429]);
  });
});

describe('a Redis that is connected and does not answer', () => {
  it('holds up one request for a moment, and then nobody', async () => {
    const way = await openSilentWay(redis.url);
    const port = Number(new URL(way.url).port);
    // Long enough that Redis answers in time as long as it answers, however busy the machine is.
    const commandTimeout = 1_000;
    const client = redis.redis.duplicate({ port, enableOfflineQueue: false, commandTimeout });
    client.on('error', () => undefined);
    await until(
      () => Promise.resolve(client.status),
      (status) => status === 'ready',
    );
    const app = await start({}, { client });
    await expect(statuses(app, 1, 'GET things', shop)).resolves.toEqual([200]);
    way.silence();
    await expect(statuses(app, 1, 'GET things', shop)).resolves.toEqual([200]);
    const begun = performance.now();
    await expect(statuses(app, 3, 'GET things', shop)).resolves.toEqual([200, 200, 429]);
    // Not even one of them was held up.
    expect(performance.now() - begun).toBeLessThan(commandTimeout);
    client.disconnect();
    way.close();
  });
});

describe('behind proxies', () => {
  const forwardedFor = '203.0.113.99';

  it.each([
    ['no proxy is trusted', undefined, '198.51.100.7'],
    ['another proxy is trusted', '10.0.0.0/8', '198.51.100.7'],
  ])('who says to be somebody else is not believed: %s', async (_name, trustProxy, counted) => {
    const app = await start({}, trustProxy === undefined ? {} : { trustProxy });
    for (const claimed of ['203.0.113.1', '203.0.113.2', '203.0.113.3'])
      await statuses(app, 1, 'GET open', { forwardedFor: claimed });
    await expect(statuses(app, 1, 'GET open', { forwardedFor })).resolves.toEqual([429]);
    await expect(redis.redis.keys('visapi:limit:*')).resolves.toEqual([
      `visapi:limit:default:address:${counted}`,
    ]);
  });

  it('callers are told apart by what a trusted one saw, not by what they told it', async () => {
    const app = await start({}, { trustProxy: '10.0.0.0/8' });
    const through = (seen: string) => ({ from: '10.1.2.3', forwardedFor: `192.0.2.1, ${seen}` });
    await expect(statuses(app, 4, 'GET open', through('203.0.113.5'))).resolves.toEqual([200, 200, 200, 429]);
    await expect(statuses(app, 1, 'GET open', through('203.0.113.6'))).resolves.toEqual([200]);
  });
});
