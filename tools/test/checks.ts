import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readJson } from '../services/files.ts';
import { jestOutcome, type Outcome } from './outcome.ts';
import type { Command, Runner } from './runner.ts';

export interface Check {
  readonly name: string;
  readonly run: (runner: Runner) => Promise<Outcome>;
}

/** The checks that the words name; any other word is a path pattern, for which the suites and their build run. */
export function selectChecks(root: string, words: readonly string[]): Check[] {
  const names = new Set(allChecks(root, undefined).map((check) => check.name));
  const patterns = words.filter((word) => !names.has(word));
  const checks = allChecks(root, patterns.length ? patterns.join('|') : undefined);
  const wanted = new Set(words.filter((word) => names.has(word)));
  if (patterns.length && wanted.size === 0)
    for (const name of ['unit', 'integration', 'e2e']) wanted.add(name);
  if (wanted.size === 0) return checks;
  if (wanted.has('integration') || wanted.has('e2e') || wanted.has('generated')) wanted.add('build');
  return checks.filter((check) => wanted.has(check.name));
}

/** Fastest first; those behind the build need it. `pattern` narrows the jest suites to matching paths. */
function allChecks(root: string, pattern: string | undefined): Check[] {
  const program = (...path: string[]) => join(root, 'node_modules', ...path);
  const script = (file: string) => join(root, 'tools', 'checks', file);
  const plain = (name: string, command: Command): Check => ({
    name,
    run: (runner) => passOrFail(runner, command),
  });
  const checks = [
    plain('format', [program('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.']),
    plain('lint', [program('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0']),
    plain('types', [program('typescript7', 'bin', 'tsc'), '-p', 'tsconfig.json']),
    // Scripts of k6 have neither Node's globals nor a browser's.
    plain('k6-types', [program('typescript7', 'bin', 'tsc'), '-p', 'load-tests/k6/tsconfig.json']),
    plain('unused', [program('knip', 'bin', 'knip.js'), '--no-progress']),
    plain('secrets', [script('secrets.ts')]),
    plain('audit', [script('audit.ts')]),
    plain('build', [script('build.ts')]),
    plain('generated', [script('generated.ts')]),
    { name: 'numbers', run: (runner: Runner) => passOrFail(runner, [script('house-numbers.ts')], true) },
  ];
  return [
    ...checks.filter((check) => check.name !== 'generated' || existsSync(script('generated.ts'))),
    ...['unit', 'integration', 'e2e'].map((name) => jestCheck(root, name, pattern)),
  ];
}

async function passOrFail(runner: Runner, command: Command, alwaysShow = false): Promise<Outcome> {
  const { ok, output } = await runner.run(command);
  // Not counted: what was not looked at has not passed.
  if (ok && output.startsWith('skipped: ')) return { passed: 0, failed: 0, detail: output };
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, output: ok && !alwaysShow ? undefined : output };
}

function jestCheck(root: string, project: string, pattern: string | undefined): Check {
  const run = async (runner: Runner): Promise<Outcome> => {
    const report = join(runner.folder, `${project}.json`);
    const jest = fileURLToPath(import.meta.resolve('jest/bin/jest'));
    const command = ['--experimental-vm-modules', jest, '--selectProjects', project, '--passWithNoTests'];
    // Beside the packages: the run's own folder is gone afterwards.
    command.push('--cacheDirectory', join(root, 'node_modules', '.cache', 'jest'));
    command.push('--json', '--outputFile', report, ...(pattern ? ['--testPathPatterns', pattern] : []));
    const { ok, output } = await runner.run(command, (line) => /^(PASS|FAIL) /.test(line));
    const results = await readJson<Parameters<typeof jestOutcome>[0]>(report);
    if (pattern && ok && !results?.numTotalTestSuites) return { passed: 0, failed: 0, detail: 'no tests' };
    if (!results) return ok ? { passed: 0, failed: 0, detail: 'no tests' } : { passed: 0, failed: 1, output };
    const outcome = jestOutcome(results);
    // Jest can fail beside its tests, in a teardown for example.
    const failed = ok ? outcome.failed : Math.max(1, outcome.failed);
    return { ...outcome, failed, output: failed ? (outcome.output ?? output) : undefined };
  };
  return { name: project, run };
}
