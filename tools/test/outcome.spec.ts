import { describe, expect, it } from '@jest/globals';
import { jestOutcome, total } from './outcome.ts';

const results = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 0, numTotalTestSuites: 3 };
const passed = { status: 'passed', name: 'c.spec.ts', message: '', assertionResults: [] };
const failed = {
  status: 'failed',
  name: 'a.spec.ts',
  message: 'what a.spec.ts printed',
  assertionResults: [
    { status: 'passed', fullName: 'passes', failureMessages: [] },
    {
      status: 'failed',
      fullName: 'holds',
      failureMessages: [`\u001b[31mProperty failed\u001b[39m\n{ seed: 7 }\n${'…\n'.repeat(100)}`],
    },
  ],
};

describe('the totals of npm test', () => {
  it('counts a suite that cannot be loaded as a failure', () => {
    const testResults = [passed, failed, { ...failed, assertionResults: [] }];
    expect(jestOutcome({ ...results, testResults })).toMatchObject({ passed: 5, failed: 2 });
  });

  it('names what failed and shows how its message begins', () => {
    const broken = { status: 'failed', name: 'b.spec.ts', message: 'no such module', assertionResults: [] };
    const { failures, output } = jestOutcome({ ...results, testResults: [passed, failed, broken] });
    expect(failures).toEqual([
      expect.stringMatching(/^a\.spec\.ts: holds\n {2}Property failed\n {2}\{ seed: 7 \}\n(?: {2}…\n?){10}$/),
      'b.spec.ts\n  no such module',
    ]);
    expect(output).toContain('what a.spec.ts printed');
  });

  it('names a suite that failed although its tests passed', () => {
    const ended = {
      ...failed,
      message: 'the tear-down failed',
      assertionResults: failed.assertionResults.slice(0, 1),
    };
    expect(jestOutcome({ ...results, testResults: [ended] }).failures).toEqual([
      'a.spec.ts\n  the tear-down failed',
    ]);
  });

  it('says nothing of failures where there are none', () => {
    expect(jestOutcome({ ...results, numFailedTests: 0, testResults: [passed] })).not.toHaveProperty(
      'output',
    );
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
