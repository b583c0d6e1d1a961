/**
 * `npm run chaos [-- F3 F5] [--seed N] [--seconds N] [--json FILE] [--without SAFEGUARD]`: plays faults against real
 * processes under load and checks from outside that nothing is lost and nothing doubled. Fails when a promise does not
 * hold; with `--without`, when the absence of a safeguard goes unnoticed.
 */
import { explain } from '#services/problem.ts';
import { ensureBuilt } from '#launcher/build.ts';
import { parseChaosArguments, type ChaosArguments } from './arguments.ts';
import { record } from './report/record.ts';
import { findings, table } from './report/table.ts';
import type { Verdict } from './run-scenario.ts';
import { selectSafeguards, type Safeguard } from './safeguards.ts';
import { select } from './scenarios/catalogue.ts';
import type { Scenario } from './scenario.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

// What was started ends with this process: each system has a guardian. 'disconnect': whoever asked is gone.
for (const end of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) process.once(end, () => process.exit(130));

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  say(`\n✗ ${explain(error)}`);
  return 1;
});
process.exit();

/** The exit status. */
async function main(args: readonly string[]): Promise<number> {
  const asked = parseChaosArguments(args);
  const chosen = chosenRuns(asked);
  await ensureBuilt();
  const verdicts: Verdict[] = [];
  let failed = 0;
  for (const { scenario, without } of chosen) {
    const verdict = await run(scenario, asked, without);
    if (verdict) verdicts.push(verdict);
    if (!verdict || !isAsExpected(verdict, without)) failed += 1;
  }
  say(`\n${table(verdicts)}`);
  say(`\nWritten to ${await record(verdicts, asked)}`);
  return failed === 0 ? 0 : 1;
}

function chosenRuns({ names, without }: ChaosArguments): { scenario: Scenario; without?: Safeguard }[] {
  // Without it the promise must break, and with it the very same must hold.
  if (without.length > 0)
    return selectSafeguards(without).flatMap((safeguard) => [
      { scenario: safeguard.scenario },
      { scenario: safeguard.scenario, without: safeguard },
    ]);
  return select(names).map((scenario) => ({ scenario }));
}

/** Undefined when the scenario could not be played to its end. */
async function run(
  scenario: Scenario,
  { seed, seconds }: ChaosArguments,
  without: Safeguard | undefined,
): Promise<Verdict | undefined> {
  say(
    `\n${scenario.name}  ${scenario.promise}${without ? `\n  without ${without.name}: ${without.what}` : ''}`,
  );
  // Reaches built packages, so only now.
  const { runScenario } = await import('./run-scenario.ts');
  try {
    const verdict = await runScenario(scenario, { seed, seconds, without, say });
    for (const line of findings(verdict)) say(line);
    if (without) say(isAsExpected(verdict, without) ? '  noticed, as it must be' : '  ✗ went unnoticed');
    else if (verdict.held) say(`  held: ${verdict.done.join('; ') || 'load alone'}`);
    return verdict;
  } catch (error) {
    say(`✗ ${scenario.name} (seed ${seed}) could not be played: ${explain(error)}`);
    return undefined;
  }
}

function isAsExpected({ held, broken }: Verdict, without: Safeguard | undefined): boolean {
  if (!without) return held;
  return without.breaks.every((name) => broken.some(({ invariant }) => invariant === name));
}
