import { describe, expect, it } from '@jest/globals';
import { decideRetry } from '@visapi/backend-kernel';
import { failureClassOf, VendorError } from '@visapi/backend-providers';
import { sendRetries } from './send-message.job.js';

describe('what becomes of a message that was not simply accepted', () => {
  it.each([
    ['unavailable', 'econnrefused', undefined, 99, 'retry'],
    ['unavailable', 'http-429', 429, 99, 'retry'],
    ['unavailable', 'http-401', 401, 99, 'retry'],
    ['unavailable', 'success-false', 200, 28, 'retry'],
    ['unavailable', 'success-false', 200, 29, 'failed'],
    ['rejected', 'http-400', 400, 0, 'failed'],
    ['unknown', 'http-500', 500, 0, 'uncertain'],
    ['unknown', 'timeouterror', undefined, 99, 'uncertain'],
    ['unexpected', 'unexpected-shape', 200, 0, 'uncertain'],
  ] as const)('%s (%s, %s) after %d counted tries: %s', (kind, reason, status, tries, verdict) => {
    const failure = failureClassOf(new VendorError('cbb', kind, reason, { status }));
    expect(decideRetry(sendRetries, failure, { attempt: 99, tries }, 0, 0.5)).toMatchObject({ verdict });
  });
});
