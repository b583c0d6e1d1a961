import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { askedOnce, isKept, takesKey, verdictOf } from './idempotency-key.js';
import type { HttpRequest } from './request-context.js';

const scoped = { scopes: ['orders:write'] } as const;

describe('a route', () => {
  it.each([
    ['a POST that demands scopes', 'POST', { access: scoped }, true],
    ['one that answers a secret', 'POST', { access: scoped, secret: true }, true],
    ['a webhook, whose senders repeat by themselves', 'POST', { access: scoped, isRepeated: true }, false],
    ['webhooks that are found by their path', 'POST', { access: () => scoped }, false],
    ['a question that comes as a POST', 'POST', { access: scoped, creates: false }, false],
    ['one for everybody: it has no owner', 'POST', { access: 'public' }, false],
    ['one about a session', 'POST', { access: 'session' }, false],
    ['a change that names its outcome', 'PATCH', { access: scoped }, false],
    ['a read', 'GET', { access: scoped }, false],
  ] as const)('heeds keys, or does not: %s', (_what, method, config, heeds) => {
    expect(takesKey({ method, config })).toBe(heeds);
  });
});

const requestOf = (url: string, body: unknown, bytes?: Buffer) =>
  ({ method: 'POST', url, body, visapi: { bytes } }) as unknown as HttpRequest;

describe('what a request asks for', () => {
  const hashOf = (text: string) => createHash('sha256').update(text).digest();

  it('is its method and path, and a hash of its query and its raw bytes', () => {
    const bytes = Buffer.from('{"a": 1}');
    expect(askedOnce(requestOf('/api/v1/orders?dryRun=true', { a: 1 }, bytes), 'key:1', 'k')).toEqual({
      owner: 'key:1',
      key: 'k',
      route: 'POST /api/v1/orders',
      bodyHash: hashOf('dryRun=true\n{"a": 1}'),
    });
    expect(askedOnce(requestOf('/x', bytes), 'key:1', 'k').bodyHash).toEqual(hashOf('\n{"a": 1}'));
    expect(askedOnce(requestOf('/x', undefined), 'key:1', 'k').bodyHash).toEqual(hashOf('\n'));
  });

  it.each(['', ' ', 'a b', 'a, b', 'ä', '\u007f', 'x'.repeat(256), ['a', 'b']])(
    'cannot be repeated by a key that is none: %p',
    (key) => {
      expect(() => askedOnce(requestOf('/x', undefined), 'key:1', key)).toThrow(
        expect.objectContaining({
          code: 'VALIDATION_ERROR',
          details: [{ path: 'Idempotency-Key', message: expect.any(String) }],
        }),
      );
    },
  );

  it.each(['a', '6f1c0f3e-8f5e-4c55-9a0c-0f8b3a1c2d3e', '"quoted"', 'x'.repeat(255)])(
    'may be repeated by any visible ASCII: %p',
    (key) => {
      expect(askedOnce(requestOf('/x', undefined), 'key:1', key).key).toBe(key);
    },
  );
});

describe('an answer', () => {
  const replyOf = (statusCode: number, retryAfter = false) => ({
    statusCode,
    hasHeader: (name: string) => retryAfter && name === 'retry-after',
  });

  it.each([200, 201, 403, 404, 409, 422])('of %d is given to every repeat', (status) => {
    expect(isKept(replyOf(status))).toBe(true);
  });

  it.each([400, 429, 500, 503, 504])('of %d is not: the next request is done', (status) => {
    expect(isKept(replyOf(status))).toBe(false);
  });

  it('that says when to come again is not either', () => {
    expect(isKept(replyOf(409, true))).toBe(false);
  });
});

describe('a key that is known', () => {
  const asked = { owner: 'key:1', key: 'k', route: 'POST /x', bodyHash: Buffer.alloc(32) };
  const met = {
    ...{ id: 'id', attempt: 1, route: 'POST /x', bodyHash: Buffer.alloc(32), state: 'running' as const },
    ...{
      isLapsed: false,
      isExpired: false,
      resourceId: null,
      status: null,
      headers: null,
      body: null,
      isNew: false,
    },
  };

  it.each([
    ['begun', { isNew: true }],
    ['running', {}],
    ['lapsed', { isLapsed: true }],
    ['answered', { state: 'done' as const }],
    ['expired', { state: 'done' as const, isExpired: true }],
    ['expired', { isLapsed: true, isExpired: true }],
    ['running', { isExpired: true }],
  ])('is %s when %p', (verdict, more) => {
    expect(verdictOf({ ...met, ...more }, asked)).toBe(verdict);
  });

  it('is refused for another address or another body, which is named', () => {
    const code = 'IDEMPOTENCY_KEY_REUSED';
    expect(() => verdictOf({ ...met, route: 'POST /y' }, asked)).toThrow(
      expect.objectContaining({ code, details: [{ path: 'route', message: 'it was used for POST /y' }] }),
    );
    expect(() => verdictOf({ ...met, bodyHash: Buffer.alloc(32, 1) }, asked)).toThrow(
      expect.objectContaining({ code, details: [{ path: 'body', message: expect.any(String) }] }),
    );
  });

  it('may be used for anything once it has expired', () => {
    expect(verdictOf({ ...met, state: 'done', isExpired: true, route: 'POST /y' }, asked)).toBe('expired');
  });
});
