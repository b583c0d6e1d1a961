import { describe, expect, it } from '@jest/globals';
import { decideRetry, type FailureClass } from '@visapi/backend-kernel';
import { VendorError } from '@visapi/backend-providers';
import { syncRetries } from './jobs/sync-contact.job.js';
import { problemOfOurs, problemOfVendor } from './sync-outcome.js';

const decide = (failure: FailureClass, tries: number) =>
  decideRetry(syncRetries, failure, { attempt: tries + 1, tries }, 0, 0.5);

describe('a sync that did not succeed', () => {
  it.each(['permanent', 'unexpected'] as const)('is over when the vendor’s answer was %s', (failure) => {
    expect(decide(failure, 0)).toEqual({ verdict: 'failed' });
  });

  it.each(['unknown', 'refused', 'transient', 'ours'] as const)(
    'is tried again for about a day of tries when it was %s, and no longer',
    (failure) => {
      expect(decide(failure, 3_798)).toMatchObject({ verdict: 'retry' });
      expect(decide(failure, 3_799)).toEqual({ verdict: 'failed' });
    },
  );

  it.each(['rate-limited', 'parked'] as const)('is never given up because it was %s', (failure) => {
    expect(decide(failure, 3_799)).toMatchObject({ verdict: 'retry', counts: false });
  });

  it('is told without a word of the error itself', () => {
    expect(problemOfOurs(new TypeError('+972500000001')).evidence).toEqual({
      vendor: null,
      answer: 'TypeError',
    });
    const refusal = new VendorError('cbb', 'rejected', 'a-reason', { status: 422 });
    expect(problemOfVendor(refusal, 'permanent').evidence).toEqual({
      vendor: 'cbb',
      answer: 'a-reason',
    });
  });
});
