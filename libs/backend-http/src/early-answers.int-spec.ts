import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import {
  createTestDatabase,
  quietLog,
  quietProcess,
  type TestDatabase,
  testRoot,
} from '@visapi/backend-testing';
import { Authenticator } from './authenticator.js';
import { createHttpApp, type HttpApp } from './create-http-app.js';
import { Access } from './route.js';

let release: (answer: object) => void;
let asked: () => void;

@Controller('held')
class HeldController {
  @Get()
  @Access('public')
  async hold() {
    const { promise, resolve } = Promise.withResolvers<object>();
    release = resolve;
    asked();
    return await promise;
  }
}

let test: TestDatabase;
let started: HttpApp;
let port: number;

beforeAll(async () => {
  test = await createTestDatabase();
  @Module({})
  class Held {}
  const nobody = { provide: Authenticator, useValue: { authenticate: () => Promise.reject(new Error()) } };
  const held = {
    module: Held,
    global: true,
    controllers: [HeldController],
    providers: [nobody],
    exports: [Authenticator],
  };
  const http = { port: 0, host: '127.0.0.1', reusePort: false };
  started = await createHttpApp(testRoot(test.url, [held]), { http, process: quietProcess }, quietLog);
  port = Number(new URL(await started.listen()).port);
});
afterAll(async () => await test.drop());

interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: {
    readonly error?: { readonly code: string };
    readonly meta: { readonly requestId: string };
  };
}

/** The answers on a connection, in order. */
function read(text: string): Answer[] {
  const answers = text.split(/(?=HTTP\/1\.1 \d{3})/).filter((part) => part !== '');
  return answers.map((answer) => {
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    const lines = head.split('\r\n').slice(1);
    const headers = new Map(lines.map((line) => [line.split(': ')[0]!.toLowerCase(), line.split(': ')[1]!]));
    return { status: Number(head.slice(9, 12)), headers, body: JSON.parse(body) as Answer['body'] };
  });
}

function open() {
  const socket: Socket = connect(port, '127.0.0.1').on('error', () => undefined);
  let text = '';
  socket.on('data', (bytes) => (text += bytes.toString()));
  const ended = once(socket, 'close').then(() => read(text));
  return { socket, ended };
}

describe('what never becomes a request', () => {
  it.each([
    ['bytes that are not HTTP', 'hello\r\n\r\n', 400, 'VALIDATION_ERROR'],
    [
      'headers without end',
      `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'VALIDATION_ERROR',
    ],
    [
      'an address that cannot be decoded',
      'GET /api/v1/%FF HTTP/1.1\r\nhost: a\r\nx-correlation-id: mine\r\nconnection: close\r\n\r\n',
      400,
      'VALIDATION_ERROR',
    ],
  ])('is answered in the envelope and under an id: %s', async (_what, bytes, status, code) => {
    const { socket, ended } = open();
    socket.write(bytes);
    const [answer] = await ended;
    expect(answer).toMatchObject({ status, body: { success: false, error: { code } } });
    expect(answer!.body.meta.requestId).toBe(answer!.headers.get('x-correlation-id'));
    expect(answer!.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(answer!.headers.get('cache-control')).toBe('no-store');
    expect(answer!.headers.get('x-request-id')).toMatch(
      bytes.includes('mine') ? /^mine$/ : /^[0-9a-f-]{36}$/,
    );
  });
});

describe('a process that stops', () => {
  it('answers what it has taken, and tells whoever asks on a kept connection to come again', async () => {
    const taken = new Promise<void>((resolve) => (asked = resolve));
    const { socket, ended } = open();
    const request = (id: string) => `GET /api/v1/held HTTP/1.1\r\nhost: a\r\nx-correlation-id: ${id}\r\n\r\n`;
    socket.write(request('first'));
    await taken;
    const closed = started.close();
    // The next one on this connection comes while the first is still under way.
    socket.write(request('second'));
    await new Promise(setImmediate);
    release({ done: true });
    const [first, second] = await ended;
    await closed;
    expect(first).toMatchObject({
      status: 200,
      body: { data: { done: true }, meta: { requestId: 'first' } },
    });
    expect(second).toMatchObject({
      status: 503,
      body: { success: false, error: { code: 'UNAVAILABLE' }, meta: { requestId: 'second' } },
    });
    expect(second!.headers.get('retry-after')).toBe('1');
  });
});
