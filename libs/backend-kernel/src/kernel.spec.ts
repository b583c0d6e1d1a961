import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError, asAppError, categoryPolicy } from './app-error.js';
import { backoffMs } from './backoff.js';
import { cleanCorrelationId, newCorrelationId } from './correlation.js';
import { parseJson } from './json.js';
import { isTestOrder, orderIdSchema } from './order-id.js';

describe('backoffMs', () => {
  const policy = { firstMs: 100, maxMs: 5_000 };

  it('doubles from the first delay up to the longest, half of it by chance', () => {
    expect([1, 2, 3, 7, 99].map((attempt) => backoffMs(policy, attempt, 0))).toEqual([
      50, 100, 200, 2_500, 2_500,
    ]);
    expect(backoffMs(policy, 2, 0.5)).toBe(150);
  });

  it('never leaves its bounds, whatever the attempt', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, random) => {
          const delay = backoffMs(policy, attempt, random);
          expect(delay).toBeGreaterThanOrEqual(50);
          expect(delay).toBeLessThanOrEqual(5_000);
        },
      ),
    );
  });
});

describe('cleanCorrelationId', () => {
  it.each([
    ['abc-1.2:3_4', 'abc-1.2:3_4'],
    ['a\r\nset-cookie: b', 'aset-cookie:b'],
    [['first', 'second'], 'first'],
    ['שלום', undefined],
    ['', undefined],
    [undefined, undefined],
    [7, undefined],
  ])('makes of %j: %j', (given, clean) => {
    expect(cleanCorrelationId(given)).toBe(clean);
  });

  it('leaves its own ids as they are', () => {
    const id = newCorrelationId();
    expect(cleanCorrelationId(id)).toBe(id);
  });
});

describe('parseJson', () => {
  it.each([
    ['{"a":1}', { a: 1 }],
    ['\ufeffnull', null],
    [`${'['.repeat(5_000)}${']'.repeat(5_000)}`, expect.any(Array)],
  ])('reads %s', (text, value) => {
    expect(parseJson(Buffer.from(text))).toEqual({ value });
  });

  it.each(['', '{', 'undefined', "{'a':1}", 'NaN'])('tells that %j is none', (text) => {
    expect(parseJson(Buffer.from(text))).toBeUndefined();
  });

  it('tells that broken UTF-8 is none', () => {
    expect(parseJson(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toBeUndefined();
  });
});

describe('an order id', () => {
  it.each(['IL260105IN10', 'x', 'של 7/9', 'I'.repeat(100)])('may be %s: its grammar is the shop’s', (id) => {
    expect(orderIdSchema.safeParse(id).success).toBe(true);
  });

  it.each(['', ' ', 'I'.repeat(101), 'a\u0000', 'a\nb', '\udc00', 7, null, ['IL1']])(
    'may not be %j',
    (id) => {
      expect(orderIdSchema.safeParse(id).success).toBe(false);
    },
  );

  it.each([
    ['IL260105IN10-TEST', true],
    ['il260105in10-test', true],
    ['IL260105IN10-TEST2', false],
    ['TEST', false],
  ])('of a tester is told by its end: %s (%s)', (id, isTest) => {
    expect(isTestOrder(id)).toBe(isTest);
  });
});

describe('AppError', () => {
  it('takes its code from its category unless it has one of its own', () => {
    expect(new AppError('conflict', 'x').code).toBe('CONFLICT');
    expect(new AppError('unprocessable', 'x', { code: 'IDEMPOTENCY_KEY_REUSED' }).code).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    );
  });

  it('is what everything else thrown becomes: a bug, with its cause', () => {
    const cause = new TypeError('x');
    expect(asAppError(cause)).toMatchObject({ category: 'bug', cause });
    expect(asAppError('text').category).toBe('bug');
  });

  it('is tried again by jobs only where that can help', () => {
    const retried = Object.entries(categoryPolicy).flatMap(([name, { retry }]) => (retry ? [name] : []));
    expect(retried).toEqual(['conflict', 'rate-limited', 'timeout', 'unavailable', 'bug']);
  });
});
