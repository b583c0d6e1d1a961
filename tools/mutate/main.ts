/**
 * `npm run mutate [-- phone catalogue interpretation order]`: changes the code in many small ways and lists the changes
 * that no test notices. Fails when more of them go unnoticed than promised. Takes some minutes per group.
 */
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Stryker } from '@stryker-mutator/core';
import { groups, type Group } from './groups.ts';

/** Percent of the changes that a test must notice. */
const promisedScore = 85;
const folder = '.visapi/mutation';

// The command that started us is gone, nobody reads the result.
process.once('disconnect', () => process.exit(130));
process.exitCode = await main(process.argv.slice(2));
process.exit();

/** The exit status. */
async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !groups.some((group) => group.name === name));
  if (unknown.length > 0) {
    console.error(
      `✗ no group "${unknown.join('", "')}"\n  → One of: ${groups.map(({ name }) => name).join(', ')}`,
    );
    return 1;
  }
  const lines: string[] = [];
  let isHeld = true;
  for (const group of groups) {
    if (names.length > 0 && !names.includes(group.name)) continue;
    console.log(`\n${group.name}`);
    const began = performance.now();
    const score = await mutate(group);
    const minutes = ((performance.now() - began) / 60_000).toFixed(1);
    isHeld &&= score >= promisedScore;
    lines.push(
      `  ${score >= promisedScore ? '✓' : '✗'} ${group.name}  ${score.toFixed(2)} %  ${minutes} min`,
    );
  }
  console.log(
    `\n${lines.join('\n')}\n  (promised: ${promisedScore} %; each change in ${folder}/<group>.json)`,
  );
  return isHeld ? 0 : 1;
}

/** Percent of the valid changes that were noticed, by a failing test or because the code no longer ends. */
async function mutate({ name, mutated, tests }: Group): Promise<number> {
  const copy = `${folder}/${name}`;
  // What a run that was interrupted left.
  rmSync(copy, { recursive: true, force: true });
  const stryker = new Stryker({
    mutate: [...mutated],
    ignorePatterns: ['/*', '!/libs', '!/tools', '!/package.json', '!/jest.config.mjs', 'dist', 'bundle'],
    tempDirName: copy,
    cleanTempDir: 'always',
    plugins: ['@stryker-mutator/jest-runner'],
    testRunner: 'jest',
    testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
    jest: {
      configFile: 'tools/mutate/jest.config.mjs',
      config: { testMatch: tests.map((path) => `<rootDir>/${path}`) },
      enableFindRelatedTests: false,
    },
    coverageAnalysis: 'perTest',
    concurrency: Math.max(1, availableParallelism() - 1),
    // The modules of past runs stay in the memory of the process that ran them.
    maxTestRunnerReuse: 150,
    thresholds: { high: 95, low: promisedScore, break: promisedScore },
    reporters: ['clear-text', 'json'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
    jsonReporter: { fileName: `${folder}/${name}.json` },
    allowConsoleColors: Boolean(process.stdout.isTTY),
    warnings: { slow: false, preprocessorErrors: true, unknownOptions: true, unserializableOptions: true },
  });
  const statuses = (await stryker.runMutationTest()).map(({ status }) => status);
  const count = (...wanted: string[]) => statuses.filter((status) => wanted.includes(status)).length;
  const noticed = count('Killed', 'Timeout');
  return (100 * noticed) / (noticed + count('Survived', 'NoCoverage'));
}
