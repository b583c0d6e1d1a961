import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { REPOSITORY } from '../launcher/settings.ts';
import { listenForStop } from '../launcher/stop-request.ts';
import { duration, Terminal } from '../launcher/terminal.ts';
import { Guardian } from '../services/guardian.ts';
import { explain } from '../services/problem.ts';
import { selectChecks, type Check } from './checks.ts';
import { total, type Outcome } from './outcome.ts';
import { Runner } from './runner.ts';

interface Result {
  readonly name: string;
  readonly ms: number;
  readonly outcome: Outcome;
}

const terminal = new Terminal();
const stop = listenForStop();
const guardian = new Guardian();
const folder = await mkdtemp(join(tmpdir(), 'visapi-checks-'));
guardian.removeAtEnd(folder);
const runner = new Runner(REPOSITORY, folder, guardian, (line) => terminal.line(line));

const results: Result[] = [];
await Promise.race([runAll(selectChecks(REPOSITORY, process.argv.slice(2))), stop.asked]);
if (stop.signal.aborted) {
  await runner.stop();
  await servicesGone();
}
await guardian.close();
process.exit(report());

/** Goes on after a failure: one run shows everything that is wrong. */
async function runAll(checks: readonly Check[]): Promise<void> {
  for (const check of checks) {
    if (stop.signal.aborted) return;
    const began = performance.now();
    const outcome = await check
      .run(runner)
      .catch((error: unknown) => ({ passed: 0, failed: 1, output: explain(error) }));
    if (stop.signal.aborted) return;
    const result = { name: check.name, ms: performance.now() - began, outcome };
    results.push(result);
    terminal.line(lineOf(result));
    if (outcome.output) terminal.line(`\n${outcome.output.trim().replaceAll(/^/gm, '      ')}\n`);
  }
}

/** The servers of an interrupted jest run belong to a guardian of their own, which removes its folder last. */
async function servicesGone(): Promise<void> {
  const deadline = performance.now() + 10_000;
  while ((await readdir(folder)).some((name) => name.startsWith('visapi-test-'))) {
    if (performance.now() > deadline) return;
    await delay(50);
  }
}

function report(): number {
  const { passed, failed: counted } = total(results.map((result) => result.outcome));
  // A run that was cut short proves nothing, whatever had passed by then.
  const failed = stop.signal.aborted ? counted + 1 : counted;
  if (stop.signal.aborted) terminal.line('\ninterrupted: these are the checks that had ended');
  terminal.line(`\n${results.map(lineOf).join('\n')}\n`);
  if (!stop.signal.aborted && process.argv.length > 2 && results.every((result) => isEmpty(result))) {
    terminal.line('no check has this name and no test this in its path; the checks:');
    terminal.line(
      `  ${selectChecks(REPOSITORY, [])
        .map((check) => check.name)
        .join(', ')}\n\n0 passed, 1 failed`,
    );
    return 1;
  }
  remindOfFailures();
  terminal.line(`${passed} passed, ${failed} failed`);
  if (stop.signal.aborted) return 130;
  return failed > 0 ? 1 : 0;
}

/** Last, where logs that are cut short still show it. */
function remindOfFailures(): void {
  const failures = results.flatMap(({ outcome }) => outcome.failures ?? []);
  for (const failure of failures) terminal.line(`${failure}\n`);
  const broken = results.filter((result) => result.outcome.failed > 0).map((result) => result.name);
  if (broken.length) terminal.line(`failed: ${broken.join(', ')}    (one alone: npm test -- ${broken[0]})\n`);
}

/** The build is only there for the tests behind it. */
function isEmpty({ name, outcome }: Result): boolean {
  return outcome.failed === 0 && (name === 'build' || outcome.detail === 'no tests');
}

function lineOf({ name, ms, outcome }: Result): string {
  const mark = outcome.failed ? '✗' : outcome.detail?.startsWith('skipped: ') ? '–' : '✓';
  return `  ${mark} ${name.padEnd(14)}${duration(ms).padStart(8)}  ${outcome.detail ?? ''}`.trimEnd();
}
