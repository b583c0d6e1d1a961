import { describe, expect, it } from '@jest/globals';
import { decideRetry, type FailureClass, type RetryPolicy } from './retry-policy.js';

const policy: RetryPolicy = {
  backoff: { firstMs: 1_000, maxMs: 30_000 },
  mostTries: 3,
  on: {
    permanent: 'fail',
    unexpected: 'uncertain',
    unknown: 'uncertain',
    refused: 'count-and-try-again',
    transient: 'try-again',
    'rate-limited': 'try-again',
    parked: 'try-again',
    ours: 'count-and-try-again',
  },
};
const decide = (failure: FailureClass, attempt: number, tries: number, waitMs = 0) =>
  decideRetry(policy, failure, { attempt, tries }, waitMs, 0.5);

describe('an action that failed', () => {
  it.each([
    ['permanent', 'failed'],
    ['unexpected', 'uncertain'],
    ['unknown', 'uncertain'],
  ] as const)('as %s is %s at once', (failure, verdict) => {
    expect(decide(failure, 1, 0)).toEqual({ verdict });
  });

  it('is given up after as many counted tries as its policy grants, and not one earlier', () => {
    expect(decide('refused', 2, 1)).toMatchObject({ verdict: 'retry', counts: true });
    expect(decide('refused', 3, 2)).toEqual({ verdict: 'failed' });
  });

  it.each(['transient', 'rate-limited', 'parked'] as const)(
    'as %s is tried again however often, and the try is not counted',
    (failure) => {
      expect(decide(failure, 5_000, 2)).toMatchObject({ verdict: 'retry', counts: false });
    },
  );

  it('waits longer from attempt to attempt, with jitter, up to the limit', () => {
    const delay = (attempt: number, random: number) =>
      decideRetry(policy, 'transient', { attempt, tries: 0 }, 0, random);
    expect(delay(1, 0)).toMatchObject({ delayMs: 500 });
    expect(delay(1, 0.999)).toMatchObject({ delayMs: 1_000 });
    expect(delay(3, 0)).toMatchObject({ delayMs: 2_000 });
    expect(delay(90, 0.999)).toMatchObject({ delayMs: 29_985 });
  });

  it('waits for what the vendor asks when that is longer, else for its own time', () => {
    expect(decide('rate-limited', 1, 0, 60_000)).toMatchObject({ delayMs: 60_000 });
    expect(decide('rate-limited', 1, 0, 10)).toMatchObject({ delayMs: 750 });
  });
});
