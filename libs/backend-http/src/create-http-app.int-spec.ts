import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, HttpCode, Module, Param, Post, Query, Req, type Type } from '@nestjs/common';
import { AppError, type Scope } from '@visapi/backend-kernel';
import {
  createTestDatabase,
  quietLog,
  quietProcess,
  type TestDatabase,
  testRoot,
} from '@visapi/backend-testing';
import { z } from 'zod';
import { Authenticator, type Principal } from './authenticator.js';
import { createHttpApp, type HttpApp } from './create-http-app.js';
import { Listed } from './envelope.js';
import type { HttpRequest } from './request-context.js';
import { Access, Raw, Responds } from './route.js';

const shape = z.object({ name: z.string() });
let bodiesRead = 0;

@Controller('things')
class ThingsController {
  @Get()
  @Access({ scopes: ['orders:read'] })
  @Responds(shape)
  list() {
    return new Listed([{ name: 'a', secret: 1 }], { nextCursor: 'x', perPage: 1 });
  }

  @Get('open')
  @Access('public')
  @Responds(shape)
  open(
    @Query({ schema: z.object({ size: z.coerce.number().max(5, 'size is too large').optional() }) })
    _query: object,
  ) {
    return { name: 'open', secret: 'not for you' };
  }

  @Get('broken')
  @Access('public')
  @Responds(shape)
  broken() {
    return { nome: 'wrong shape' };
  }

  @Get('fails/:how')
  @Access('public')
  fail(@Param('how') how: string) {
    if (how === 'ours')
      throw new AppError('conflict', 'Somebody was faster.', {
        details: [{ path: 'a', message: 'b' }],
        extra: { hint: 7 },
      });
    if (how === 'away') throw Object.assign(new Error('connect 10.0.0.1'), { code: 'ECONNREFUSED' });
    if (how === 'slow') throw new AppError('rate-limited', 'Slowly.', { retryAfterSeconds: 9 });
    throw new Error('secret detail of a bug');
  }

  @Post()
  @HttpCode(201)
  @Access({ scopes: ['orders:write'] })
  take(@Body() body: unknown) {
    bodiesRead += 1;
    return { took: body ?? null };
  }

  @Post('raw')
  @Access('public')
  @Raw()
  raw(@Req() request: HttpRequest) {
    return { bytes: Buffer.isBuffer(request.body) ? request.body.length : -1 };
  }
}

/** Recognises whoever names his scopes. */
class NamedScopes extends Authenticator {
  async authenticate({ headers }: Parameters<Authenticator['authenticate']>[0]): Promise<Principal> {
    const given = headers['x-api-key'];
    if (typeof given !== 'string') throw new AppError('unauthenticated', 'Who are you?');
    return await Promise.resolve({
      kind: 'api-key',
      id: 'id',
      label: 'label',
      scopes: new Set(given.split(',') as Scope[]),
    });
  }
}

const http = { port: 0, host: '127.0.0.1', reusePort: false };
let test: TestDatabase;
let started: HttpApp;

async function start(controllers: readonly Type[], environment = quietProcess.environment): Promise<HttpApp> {
  @Module({})
  class Things {}
  const things = {
    module: Things,
    global: true,
    controllers: [...controllers],
    providers: [{ provide: Authenticator, useClass: NamedScopes }],
    exports: [Authenticator],
  };
  return await createHttpApp(
    testRoot(test.url, [things]),
    { http, process: { ...quietProcess, environment } },
    quietLog,
  );
}

beforeAll(async () => {
  test = await createTestDatabase();
  started = await start([ThingsController]);
});
afterAll(async () => {
  await started.close();
  await test.drop();
});

async function ask(
  method: 'GET' | 'POST',
  path: string,
  given: { headers?: Record<string, string>; payload?: string | Buffer } = {},
) {
  const { statusCode, headers, body } = await started.app.inject({
    method,
    url: `/api/v1/${path}`,
    ...given,
  });
  return { status: statusCode, headers, body: JSON.parse(body) as Record<string, never> };
}
const reader = { 'x-api-key': 'orders:read' };
const writer = { 'x-api-key': 'orders:write' };

describe('a successful answer', () => {
  it('stands in the envelope, without fields that its schema does not name', async () => {
    const { status, body, headers } = await ask('GET', 'things/open', {
      headers: { 'x-correlation-id': 'c-1' },
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      data: { name: 'open' },
      meta: { timestamp: expect.any(String), requestId: 'c-1' },
    });
    expect(headers['content-type']).toMatch(/^application\/json/);
  });

  it('of a list carries its pagination, and each item passes the schema', async () => {
    const { body } = await ask('GET', 'things', { headers: reader });
    expect(body).toMatchObject({ data: [{ name: 'a' }], pagination: { nextCursor: 'x', perPage: 1 } });
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it('that does not fit its schema is our bug while developing, and still given in production', async () => {
    await expect(ask('GET', 'things/broken')).resolves.toMatchObject({
      status: 500,
      body: { error: { code: 'INTERNAL_ERROR' } },
    });
    const production = await start([ThingsController], 'production');
    const answer = await production.app.inject({ url: '/api/v1/things/broken' });
    expect([answer.statusCode, answer.json<{ data: unknown }>().data]).toEqual([
      200,
      { nome: 'wrong shape' },
    ]);
    await production.close();
  });
});

describe('a failed answer', () => {
  it.each([
    [
      'ours',
      409,
      { code: 'CONFLICT', message: 'Somebody was faster.', details: [{ path: 'a', message: 'b' }], hint: 7 },
    ],
    ['away', 503, { code: 'UNAVAILABLE' }],
    ['slow', 429, { code: 'RATE_LIMITED', message: 'Slowly.' }],
    ['bug', 500, { code: 'INTERNAL_ERROR', message: 'Something went wrong on our side.' }],
  ])('tells of a failure (%s) as %d', async (how, status, error) => {
    await expect(ask('GET', `things/fails/${how}`)).resolves.toMatchObject({
      status,
      body: { success: false, error, meta: { requestId: expect.any(String) } },
    });
  });

  it('says when to come again', async () => {
    expect((await ask('GET', 'things/fails/away')).headers['retry-after']).toBe('5');
    expect((await ask('GET', 'things/fails/slow')).headers['retry-after']).toBe('9');
  });

  it('gives nothing away of a bug or of our network', async () => {
    for (const how of ['bug', 'away'])
      expect(JSON.stringify(await ask('GET', `things/fails/${how}`))).not.toMatch(
        /secret detail|10\.0\.0\.1/,
      );
  });

  it('comes as a problem document (RFC 9457) to whoever asks for one', async () => {
    const headers = { accept: 'application/problem+json', 'x-correlation-id': 'c-2' };
    const answer = await ask('GET', 'things/fails/ours', { headers });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body).toEqual({
      type: '/api/docs/errors#conflict',
      title: 'CONFLICT',
      status: 409,
      detail: 'Somebody was faster.',
      code: 'CONFLICT',
      requestId: 'c-2',
      details: [{ path: 'a', message: 'b' }],
      hint: 7,
    });
  });

  it('names the field of a query that is not valid', async () => {
    await expect(ask('GET', 'things/open?size=9')).resolves.toMatchObject({
      status: 400,
      body: {
        error: { code: 'VALIDATION_ERROR', details: [{ path: 'size', message: 'size is too large' }] },
      },
    });
  });

  it.each(['nothing', 'things/open/deeper', 'things/%FF', ''])(
    'is 404 in our words for /%s',
    async (path) => {
      const answer = await ask('GET', path);
      expect(answer).toMatchObject({ body: { success: false } });
      expect([400, 404]).toContain(answer.status);
      expect(JSON.stringify(answer.body)).not.toMatch(/Cannot GET|Route/);
    },
  );
});

describe('who may call', () => {
  it('is told 401 without a key, 403 without the scope, before anything else is looked at', async () => {
    const payload = '{not json';
    await expect(ask('POST', 'things', { payload })).resolves.toMatchObject({
      status: 401,
      body: { error: { code: 'UNAUTHENTICATED' } },
    });
    await expect(ask('POST', 'things', { payload, headers: reader })).resolves.toMatchObject({
      status: 403,
      body: {
        error: { code: 'FORBIDDEN', details: [{ path: 'scope', message: 'orders:write is missing' }] },
      },
    });
    await expect(ask('POST', 'things', { payload, headers: writer })).resolves.toMatchObject({ status: 400 });
    expect(bodiesRead).toBe(0);
  });

  it('is told 401 and not 413 for a body that is too large, and 413 with the right key', async () => {
    const payload = Buffer.alloc(10 * 1024 * 1024 + 1, ' ');
    await expect(ask('POST', 'things', { payload })).resolves.toMatchObject({ status: 401 });
    await expect(ask('POST', 'things', { payload, headers: writer })).resolves.toMatchObject({
      status: 413,
      body: { error: { code: 'PAYLOAD_TOO_LARGE' } },
    });
  });

  it('must be said by every route: one without a rule keeps the process from starting', async () => {
    @Controller('forgotten')
    class ForgottenController {
      @Get()
      answer() {
        return {};
      }
    }
    await expect(start([ForgottenController])).rejects.toThrow('declares no access rule');
  });
});

describe('a body', () => {
  it.each(['application/json', 'text/plain', 'application/xml; charset=latin1', undefined])(
    'is read as JSON whatever its content type says (%s)',
    async (type) => {
      const headers = { ...writer, ...(type === undefined ? {} : { 'content-type': type }) };
      const payload = Buffer.from('{"name":"שלום"}');
      await expect(ask('POST', 'things', { headers, payload })).resolves.toMatchObject({
        status: 201,
        body: { data: { took: { name: 'שלום' } } },
      });
    },
  );

  it('that is missing is nothing', async () => {
    await expect(ask('POST', 'things', { headers: writer })).resolves.toMatchObject({
      body: { data: { took: null } },
    });
  });

  it('in broken UTF-8 is refused', async () => {
    await expect(
      ask('POST', 'things', { headers: writer, payload: Buffer.from([0x22, 0xff, 0x22]) }),
    ).resolves.toMatchObject({ status: 400 });
  });

  it('reaches a raw route as bytes, ten megabytes at most', async () => {
    await expect(
      ask('POST', 'things/raw', { payload: Buffer.alloc(10 * 1024 * 1024) }),
    ).resolves.toMatchObject({
      body: { data: { bytes: 10 * 1024 * 1024 } },
    });
  });
});

describe('the correlation id', () => {
  const idOf = async (headers: Record<string, string>) => {
    const answer = await ask('GET', 'things/open', { headers });
    expect(answer.headers['x-correlation-id']).toBe(answer.headers['x-request-id']);
    expect(answer.body).toMatchObject({ meta: { requestId: answer.headers['x-request-id'] } });
    return String(answer.headers['x-correlation-id']);
  };

  it('is taken from either header and echoed as both', async () => {
    await expect(idOf({ 'x-correlation-id': 'a', 'x-request-id': 'b' })).resolves.toBe('a');
    await expect(idOf({ 'x-request-id': 'b' })).resolves.toBe('b');
  });

  it('is cleaned of what could harm logs or headers, and cut', async () => {
    await expect(idOf({ 'x-correlation-id': 'a b;<c>"d' })).resolves.toBe('abcd');
    await expect(idOf({ 'x-correlation-id': 'x'.repeat(500) })).resolves.toBe('x'.repeat(128));
  });

  it('is made up when none is usable', async () => {
    await expect(idOf({})).resolves.toMatch(/^[0-9a-f-]{36}$/);
    await expect(idOf({ 'x-correlation-id': ';;;' })).resolves.toMatch(/^[0-9a-f-]{36}$/);
  });
});
