import { describe, expect, it } from '@jest/globals';
import { VendorError } from '@visapi/backend-providers';
import { nextTryMs, problemOfOurs, problemOfVendor } from './sync-outcome.js';

const backoff = { firstMs: 1_000, maxMs: 30_000 };
const young = { attempt: 1, tryingForSeconds: 10 };
const problem = (kind: VendorError['kind'], facts = {}) =>
  problemOfVendor(new VendorError('cbb', kind, 'a-reason', facts));

describe('a sync that did not succeed', () => {
  it.each(['rejected', 'unexpected'] as const)('is over when the vendor’s answer was %s', (kind) => {
    expect(nextTryMs(problem(kind), young, backoff, 0.5)).toBeUndefined();
  });

  it.each(['unavailable', 'unknown'] as const)('is tried again when the vendor was %s', (kind) => {
    expect(nextTryMs(problem(kind), young, backoff, 0.5)).toBeGreaterThan(0);
  });

  it('is tried again for a day, and no longer', () => {
    const late = { attempt: 9, tryingForSeconds: 24 * 3600 + 1 };
    expect(nextTryMs(problem('unknown'), late, backoff, 0.5)).toBeUndefined();
    expect(nextTryMs(problemOfOurs(new TypeError('x')), late, backoff, 0.5)).toBeUndefined();
  });

  it('waits at least as long as the vendor asks', () => {
    const asked = problem('unavailable', { retryAfterMs: 120_000 });
    expect(nextTryMs(asked, young, backoff, 0)).toBe(120_000);
  });

  it('is told without a word of the error itself', () => {
    expect(problemOfOurs(new TypeError('+972500000001')).evidence).toEqual({ error: 'TypeError' });
    expect(problem('rejected', { status: 422 }).evidence).toEqual({
      vendor: 'cbb',
      answer: 'a-reason',
      status: 422,
    });
  });
});
