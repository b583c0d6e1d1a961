import { describe, expect, it } from '@jest/globals';
import { AppError } from '@visapi/backend-kernel';
import { failureOf, isLostConnection } from './failure.js';

const now = new Date('2026-01-05T09:00:44.000Z');
const ofDatabase = (code: string, more: object = {}) =>
  Object.assign(new Error('value "Dana" of a row'), { code, ...more });

describe('what is kept of a failure', () => {
  it('is our own code and the first line of our own words', () => {
    const error = new AppError('conflict', 'Somebody was first.\nDetails');
    expect(failureOf(error, now)).toEqual({
      at: '2026-01-05T09:00:44.000Z',
      code: 'CONFLICT',
      message: 'Somebody was first.',
      isFinal: false,
    });
  });

  it('says when another try would end the same', () => {
    expect(failureOf(new AppError('unprocessable', 'It cannot be read.'), now).isFinal).toBe(true);
  });

  it('is the SQLSTATE and the constraint of a refused row, and none of its values', () => {
    const error = ofDatabase('23505', { constraint: 'orders_pkey' });
    expect(failureOf(error, now)).toMatchObject({ code: '23505', message: 'orders_pkey', isFinal: false });
  });

  it('is the kind and the place of anything else, never its text', () => {
    const kept = failureOf(new TypeError('cannot read "Dana"'), now);
    expect(kept.code).toBe('INTERNAL_ERROR');
    expect(kept.message).toMatch(/^TypeError at \S*failure\.spec\.[tj]s:\d+$/);
    expect(failureOf(ofDatabase('22P02'), now).message).not.toContain('Dana');
    expect(failureOf('Dana', now).message).toBe('string');
    expect(failureOf(Object.assign(new Error('Dana'), { stack: undefined }), now).message).toBe('Error');
  });

  it('names the place in our code, not in the library that noticed', () => {
    const error = new Error('"Dana"');
    error.stack = [
      'Error: "Dana"',
      '    at parse (/x/node_modules/pg/lib/client.js:694:17)',
      '    at run (/x/orders/write.js:12:3)',
    ].join('\n');
    expect(failureOf(error, now).message).toBe('Error at orders/write.js:12');
  });

  it('is cut when it is long', () => {
    expect(failureOf(new AppError('bug', 'x'.repeat(1_000)), now).message).toHaveLength(300);
  });
});

describe('a lost connection', () => {
  it.each(['57P01', '08006', 'ECONNRESET'])('is nobody’s fault: %s', (code) => {
    expect(isLostConnection(ofDatabase(code))).toBe(true);
  });

  it.each(['57014', '55P03', '40P01', '23505'])(
    'is not what a handler’s own statement ended with: %s',
    (code) => {
      expect(isLostConnection(ofDatabase(code))).toBe(false);
    },
  );
});
