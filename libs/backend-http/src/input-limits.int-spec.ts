import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, HttpCode, Module, Post, Query, Req, type Type } from '@nestjs/common';
import {
  createTestDatabase,
  quietLog,
  quietProcess,
  type TestDatabase,
  testRoot,
} from '@visapi/backend-testing';
import { z } from 'zod';
import { Authenticator } from './authenticator.js';
import { createHttpApp, type HttpApp } from './create-http-app.js';
import { onlyKnown, pageQuery } from './page-query.js';
import type { HttpRequest } from './request-context.js';
import { Access, Raw } from './route.js';

const listQuery = onlyKnown({ ...pageQuery('id'), name: z.string().optional() });

@Controller('things')
class ThingsController {
  @Get()
  @Access('public')
  list(@Query({ schema: listQuery }) query: z.infer<typeof listQuery>) {
    return query;
  }

  @Get('any')
  @Access('public')
  any() {
    return {};
  }

  @Post()
  @HttpCode(200)
  @Access('public')
  take(@Body() body: unknown) {
    return { took: JSON.stringify(body).length };
  }

  @Post('kept')
  @HttpCode(200)
  @Raw()
  @Access('public')
  keep(@Req() request: HttpRequest) {
    return { bytes: (request.body as Buffer).length };
  }
}

const patience = { headersMs: 300, requestMs: 600, lookEveryMs: 50 };
let test: TestDatabase;
let started: HttpApp;
let port: number;

beforeAll(async () => {
  test = await createTestDatabase();
  @Module({})
  class Things {}
  const nobody = { provide: Authenticator, useValue: { authenticate: () => Promise.reject(new Error()) } };
  const things = {
    module: Things as Type,
    global: true,
    controllers: [ThingsController],
    providers: [nobody],
    exports: [Authenticator],
  };
  const http = { port: 0, host: '127.0.0.1', reusePort: false, patience };
  started = await createHttpApp(testRoot(test.url, [things]), { http, process: quietProcess }, quietLog);
  port = Number(new URL(await started.listen()).port);
});
afterAll(async () => {
  await started.close();
  await test.drop();
});

async function get(query: string) {
  const { statusCode, body } = await started.app.inject(`/api/v1/things${query}`);
  return { statusCode, error: (JSON.parse(body) as { error?: object }).error };
}

async function post(path: string, payload: string) {
  return (await started.app.inject({ method: 'POST', url: `/api/v1/${path}`, payload })).statusCode;
}

describe('an address', () => {
  it.each(['?page=1&page=2', '?name=a&name=b', '/any?who=me&who=you', '?page=1&perPage=5&page=1'])(
    'that says two things is refused, not guessed: %s',
    async (query) => {
      const [name] = /page|name|who/.exec(query)!;
      await expect(get(query)).resolves.toMatchObject({
        statusCode: 400,
        error: {
          code: 'VALIDATION_ERROR',
          details: [{ path: name, message: 'is given more than once' }],
        },
      });
    },
  );

  it('may not be endless, nor have parameters without end', async () => {
    const many = Array.from({ length: 51 }, (_, index) => `p${index}=1`).join('&');
    for (const query of [`/any?a=${'x'.repeat(8_000)}`, `/any?${many}`])
      await expect(get(query)).resolves.toMatchObject({
        statusCode: 400,
        error: { code: 'VALIDATION_ERROR' },
      });
    await expect(get('/any?a=1&b=2')).resolves.toMatchObject({ statusCode: 200 });
  });
});

describe('a body', () => {
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

  it('is nested a hundred levels at most', async () => {
    for (const fine of [nested(100), objects(100)]) await expect(post('things', fine)).resolves.toBe(200);
    for (const deep of [nested(101), objects(101), nested(1_000_000)])
      await expect(post('things', deep)).resolves.toBe(400);
  });

  it('may hold brackets in its texts, quoted or not', async () => {
    for (const text of ['['.repeat(500), `\\"${'{'.repeat(500)}`, `\\\\`])
      await expect(post('things', `{"a":"${text}"}`)).resolves.toBe(200);
    await expect(post('things', `{"a":"${'['.repeat(500)}`)).resolves.toBe(400);
  });

  it('that a route keeps as it came is kept, however deep', async () => {
    await expect(post('things/kept', nested(5_000))).resolves.toBe(200);
  });
});

describe('whoever sends slowly', () => {
  const head = 'POST /api/v1/things HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n';

  /**
   * Sends a byte now and then until shortly before it is cut off: what crosses with the answer makes the system throw the
   * answer away. What it was told, and after how long.
   */
  async function trickle(first: string, next: string, limitMs = patience.headersMs) {
    const socket = connect(port, '127.0.0.1');
    const begun = performance.now();
    let told = '';
    socket.on('data', (bytes) => (told += bytes.toString()));
    socket.write(first);
    const drip = setInterval(() => {
      if (performance.now() - begun > limitMs - 100) clearInterval(drip);
      else socket.write(next);
    }, 40);
    await once(socket, 'close');
    clearInterval(drip);
    return { told, ms: performance.now() - begun };
  }

  it.each([
    ['headers', head, 'x: y\r\n', patience.headersMs],
    ['a body', `${head}\r\n`, ' ', patience.requestMs],
  ])('is told 408 and cut off: %s', async (_what, first, next, limitMs) => {
    const { told, ms } = await trickle(first, next, limitMs);
    expect(told).toMatch(/^HTTP\/1\.1 408 /);
    expect(told).toContain('"code":"TIMEOUT"');
    expect(ms).toBeGreaterThan(limitMs - 50);
  });

  it('keeps nobody else waiting', async () => {
    const slow = Array.from({ length: 50 }, () => trickle(head, 'x: y\r\n'));
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/things/any`);
    expect(answer.status).toBe(200);
    await Promise.all(slow);
  });

  it('or says nothing at all does not keep a connection', async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    await once(socket.resume(), 'close');
  });
});
