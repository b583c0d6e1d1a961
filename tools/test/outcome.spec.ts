import { describe, expect, it } from '@jest/globals';
import { jestOutcome, total } from './outcome.ts';

const results = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 0, numTotalTestSuites: 3 };

describe('the totals of npm test', () => {
  it('counts a suite that cannot be loaded as a failure', () => {
    const testResults = [
      { status: 'passed', assertionResults: [{}] },
      { status: 'failed', assertionResults: [{}] },
      { status: 'failed', assertionResults: [] },
    ];
    expect(jestOutcome({ ...results, testResults })).toMatchObject({ passed: 5, failed: 2 });
  });

  it('adds checks and tests', () => {
    expect(
      total([
        { passed: 1, failed: 0 },
        { passed: 0, failed: 1 },
        { passed: 7, failed: 2 },
      ]),
    ).toEqual({ passed: 8, failed: 3 });
  });
});
