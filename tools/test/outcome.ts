/** What one check found. A check without countable parts counts as one. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Shown behind the duration. */
  readonly detail?: string;
  /** Shown below the line, always (a table) or because it failed. */
  readonly output?: string;
}

interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTotalTestSuites: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/** Each test counts, and each suite that could not even be loaded counts as one failure. */
export function jestOutcome(results: JestResults): Outcome {
  const broken = results.testResults.filter(
    (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
  );
  const tests = results.numPassedTests + results.numFailedTests;
  const skipped = results.numPendingTests ? `, ${results.numPendingTests} skipped` : '';
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + broken.length,
    detail: `${tests} tests in ${results.numTotalTestSuites} files${skipped}`,
  };
}

export function total(outcomes: readonly Outcome[]): { passed: number; failed: number } {
  const sum = (key: 'passed' | 'failed') => outcomes.reduce((before, outcome) => before + outcome[key], 0);
  return { passed: sum('passed'), failed: sum('failed') };
}
