import { stripVTControlCharacters } from 'node:util';

/** What one check found. A check without countable parts counts as one. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Shown behind the duration. */
  readonly detail?: string;
  /** Shown below the line, always (a table) or because it failed. */
  readonly output?: string;
  /** Of each failed test its name and how its message begins. */
  readonly failures?: readonly string[];
}

interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTotalTestSuites: number;
  readonly testResults: readonly JestSuite[];
}

interface JestSuite {
  readonly status: string;
  readonly name: string;
  /** All that the suite printed about its failures. */
  readonly message: string;
  readonly assertionResults: readonly JestTest[];
}

interface JestTest {
  readonly status: string;
  readonly fullName: string;
  readonly failureMessages?: readonly string[] | null;
}

/** Enough for what was expected, or for the seed and the path of a random run. */
const FIRST_LINES = 12;

/** Each test counts, and each suite that could not even be loaded counts as one failure. */
export function jestOutcome(results: JestResults): Outcome {
  const failed = results.testResults.filter((suite) => suite.status === 'failed');
  const broken = failed.filter((suite) => suite.assertionResults.length === 0);
  const tests = results.numPassedTests + results.numFailedTests;
  const skipped = results.numPendingTests ? `, ${results.numPendingTests} skipped` : '';
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + broken.length,
    detail: `${tests} tests in ${results.numTotalTestSuites} files${skipped}`,
    ...(failed.length > 0 && {
      output: failed.map(({ name, message }) => `${name}\n${message}`).join('\n\n'),
      failures: failed.flatMap(failuresOf),
    }),
  };
}

/** A suite may also fail without any of its tests: it cannot be loaded, or its tear-down fails. */
function failuresOf({ name, message, assertionResults }: JestSuite): string[] {
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (failed.length === 0) return [beginning(name, message)];
  return failed.map((test) => beginning(`${name}: ${test.fullName}`, test.failureMessages?.[0] ?? ''));
}

function beginning(name: string, message: string): string {
  const lines = stripVTControlCharacters(message).split('\n').slice(0, FIRST_LINES);
  return [name, ...lines.map((line) => `  ${line}`.trimEnd())].join('\n');
}

export function total(outcomes: readonly Outcome[]): { passed: number; failed: number } {
  const sum = (key: 'passed' | 'failed') => outcomes.reduce((before, outcome) => before + outcome[key], 0);
  return { passed: sum('passed'), failed: sum('failed') };
}
