/**
 * `npm run k6 -- api-performance.js [-e DURATION=10s]`: runs a scenario against the system that `npm start` runs, with
 * k6 when it is on PATH, else with the stand-in of this folder. Says which; the status is that of the run.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { explain, Problem } from '#services/problem.ts';
import { runScript } from './stand-in/test-run.ts';

const SCRIPTS = join(import.meta.dirname, '..');

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  say(`\n✗ ${explain(error)}`);
  return 1;
});
process.exit();

async function main(args: readonly string[]): Promise<number> {
  const wanted = args.filter((arg) => arg !== '--stand-in');
  const script = wanted.find((arg) => arg.endsWith('.js')) ?? '';
  const scripts = readdirSync(SCRIPTS).filter((name) => name.endsWith('.js'));
  if (!scripts.includes(basename(script))) {
    throw new Problem(`there is no load script "${script}"`, `One of: ${scripts.join(', ')}`);
  }
  const file = join(SCRIPTS, basename(script));
  const others = wanted.filter((arg) => arg !== script);
  const k6 = args.includes('--stand-in') ? undefined : onPath('k6');
  if (k6 !== undefined) {
    say(`with ${k6}`);
    return await runK6(k6, [...others, file]);
  }
  say('with the stand-in of load-tests/k6 (no k6 is on PATH; docs/load-tests.md says what differs)');
  return await runScript(file, { ...process.env, ...given(others) }, say);
}

/** What runs on PATH under this name. */
function onPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

function runK6(k6: string, args: readonly string[]): Promise<number> {
  // Left to itself it tells its makers of each run.
  const env = { ...process.env, K6_NO_USAGE_REPORT: 'true' };
  const child = spawn(k6, ['run', ...args], { env, stdio: 'inherit' });
  // Ctrl-C reaches k6 by itself and lets it finish with teardown; another SIGINT would break that off.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.once('disconnect', () => child.kill('SIGINT'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => resolve(status ?? 1));
  });
}

/** `-e NAME=value`, as k6 takes it; the stand-in knows nothing else. */
function given(args: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (let at = 0; at < args.length; at += 2) {
    const [, name, value] = /^(\w+)=(.*)$/s.exec(args[at + 1] ?? '') ?? [];
    if (args[at] !== '-e' || name === undefined || value === undefined) {
      throw new Problem(`the stand-in does not know ${args.slice(at).join(' ')}`, 'Give -e NAME=value.');
    }
    values[name] = value;
  }
  return values;
}
