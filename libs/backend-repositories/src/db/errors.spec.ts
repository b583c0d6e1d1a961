import { describe, expect, it } from '@jest/globals';
import { AppError } from '@visapi/backend-kernel';
import { isDatabaseUnavailable, translateDatabaseError, violatedConstraint } from './errors.js';

const coded = (code: string, rest: object = {}) => Object.assign(new Error('invented'), { code, ...rest });

describe('errors of the database', () => {
  it.each([
    '08006',
    '53100',
    '53300',
    '57P01',
    '57P03',
    '57014',
    '55P03',
    '25006',
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOTFOUND',
  ])('%s means: not now', (code) => {
    expect(isDatabaseUnavailable(coded(code))).toBe(true);
    expect(translateDatabaseError(coded(code))).toMatchObject({
      category: 'unavailable',
      retryAfterSeconds: 5,
    });
  });

  it.each(['23505', '22P02', '42501', '42601'])('%s means: not so', (code) => {
    expect(isDatabaseUnavailable(coded(code))).toBe(false);
    const error = coded(code);
    expect(translateDatabaseError(error)).toBe(error);
  });

  it.each(['40P01', '40001'])('%s passes when it is tried again', (code) => {
    expect(isDatabaseUnavailable(coded(code))).toBe(false);
    expect(translateDatabaseError(coded(code))).toBeInstanceOf(AppError);
  });

  it.each([
    'timeout exceeded when trying to connect',
    'Connection terminated unexpectedly',
    'Query read timeout',
  ])('knows the driver’s own words: %s', (message) =>
    expect(isDatabaseUnavailable(new Error(message))).toBe(true),
  );

  it('looks into several failed addresses', () => {
    expect(isDatabaseUnavailable(new AggregateError([coded('ECONNREFUSED')]))).toBe(true);
    expect(isDatabaseUnavailable(new AggregateError([coded('23505')]))).toBe(false);
  });

  it('names the constraint that refused a row', () => {
    expect(violatedConstraint(coded('23505', { constraint: 'orders_pkey' }))).toBe('orders_pkey');
    expect(violatedConstraint(coded('40P01', { constraint: 'orders_pkey' }))).toBeUndefined();
  });

  it.each([undefined, null, 'text', 7])('makes nothing of %j', (thrown) => {
    expect(isDatabaseUnavailable(thrown)).toBe(false);
    expect(translateDatabaseError(thrown)).toBe(thrown);
  });
});
