/**
 * Plays a k6 script in Node where no k6 is to be had: as much of k6 as the scripts of `load-tests` use, and an error for
 * anything else. All iterations share one process and one copy of the script.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { play, type Scenario } from './executors.ts';
import { checked } from './k6.ts';
import { judge } from './metrics.ts';

type Step = (data?: unknown) => unknown;

interface Script {
  readonly options: {
    readonly scenarios: Readonly<Record<string, Scenario>>;
    readonly thresholds: Readonly<Record<string, readonly string[]>>;
  };
  readonly [name: string]: unknown;
}

type Say = (line: string) => void;

/** The statuses k6 ends with. */
const HELD = 0;
const CROSSED = 99;

const MODULES: Readonly<Record<string, string>> = {
  k6: './k6.ts',
  'k6/crypto': './k6.ts',
  'k6/execution': './execution.ts',
  'k6/http': './http.ts',
  'k6/metrics': './metrics.ts',
  'k6/timers': 'node:timers',
};

export async function runScript(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
  say: Say,
): Promise<number> {
  provideModules();
  Object.assign(globalThis, { __ENV: env, open: (path: string | URL) => readFileSync(asPath(path), 'utf8') });
  const script = (await import(pathToFileURL(file).href)) as Script;
  const { scenarios, thresholds } = script.options;
  const data = await step(script, 'setup')();
  await Promise.all(
    Object.entries(scenarios).map(([name, scenario]) => {
      const iterate = step(script, scenario.exec ?? 'default');
      return play(name, scenario, () => guarded(iterate, data, say));
    }),
  );
  await guarded(step(script, 'teardown'), data, say);
  for (const [name, { held, failed }] of checked)
    say(`  ${failed ? '✗' : '✓'} ${name}: ${held} of ${held + failed}`);
  let status = HELD;
  for (const [metric, expressions] of Object.entries(thresholds)) {
    for (const expression of expressions) {
      const { value, holds } = judge(metric, expression);
      if (!holds) status = CROSSED;
      say(`  ${holds ? '✓' : '✗'} ${metric} ${expression}: ${Number(value.toFixed(4))}`);
    }
  }
  return status;
}

function provideModules(): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      const ours = MODULES[specifier];
      if (ours === undefined) return next(specifier, context);
      const url = ours.startsWith('node:') ? ours : new URL(ours, import.meta.url).href;
      return { url, shortCircuit: true };
    },
  });
}

function step(script: Script, name: string): (data?: unknown) => Promise<unknown> {
  const found = script[name];
  if (typeof found !== 'function') throw new Error(`The script exports no ${name}`);
  return async (data) => await (found as Step)(data);
}

/** As in k6: an iteration that throws is told and not counted as anything; thresholds decide. */
async function guarded(run: (data?: unknown) => Promise<unknown>, data: unknown, say: Say): Promise<void> {
  try {
    await run(data);
  } catch (error) {
    say(`  an iteration broke: ${error instanceof Error ? error.stack : String(error)}`);
  }
}

/** k6 opens addresses of files too. */
function asPath(path: string | URL): string | URL {
  return String(path).startsWith('file:') ? new URL(path) : path;
}
