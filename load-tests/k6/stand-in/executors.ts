/** Stands in for k6's open-loop executors: iterations start at fixed times, whatever becomes of those before. */
import { performance } from 'node:perf_hooks';
import { withIteration } from './execution.ts';
import { builtIn } from './metrics.ts';

export interface Scenario {
  readonly executor: string;
  readonly exec?: string;
  readonly rate?: number;
  readonly startRate?: number;
  readonly timeUnit?: string;
  readonly duration?: string;
  readonly stages?: readonly { readonly target: number; readonly duration: string }[];
  readonly maxVUs: number;
}

/** A stretch in which the rate goes evenly from one value to another; in seconds and iterations a second. */
interface Stretch {
  readonly seconds: number;
  readonly from: number;
  readonly to: number;
}

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** Resolves when the last iteration has ended. */
export async function play(name: string, scenario: Scenario, iterate: () => Promise<void>): Promise<void> {
  const stretches = plan(scenario);
  const length = stretches.reduce((sum, { seconds }) => sum + seconds, 0);
  const begun = performance.now();
  const running = new Set<Promise<void>>();
  let due = 0;
  let started = 0;
  for (let elapsed = 0; elapsed < length;) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    elapsed = Math.min(length, (performance.now() - begun) / 1000);
    const until = Math.ceil(iterationsBy(stretches, elapsed));
    for (; due < until; due += 1) {
      const tags = { scenario: name };
      if (running.size >= scenario.maxVUs) {
        builtIn.dropped.add(1, tags);
        continue;
      }
      const iteration = { iterationInTest: started++, progress: elapsed / length, tags };
      const run = withIteration(iteration, iterate).finally(() => running.delete(run));
      running.add(run);
    }
  }
  await Promise.all(running);
}

function plan({ executor, timeUnit = '1s', ...scenario }: Scenario): Stretch[] {
  const perSecond = (rate = 0): number => rate / seconds(timeUnit);
  if (executor === 'constant-arrival-rate') {
    const rate = perSecond(scenario.rate);
    return [{ seconds: seconds(scenario.duration), from: rate, to: rate }];
  }
  if (executor !== 'ramping-arrival-rate') throw new Error(`The stand-in knows no ${executor}: install k6`);
  let from = perSecond(scenario.startRate);
  return (scenario.stages ?? []).map((stage) => {
    const stretch = { seconds: seconds(stage.duration), from, to: perSecond(stage.target) };
    from = stretch.to;
    return stretch;
  });
}

function iterationsBy(stretches: readonly Stretch[], elapsed: number): number {
  let count = 0;
  let left = elapsed;
  for (const { seconds: length, from, to } of stretches) {
    const spent = Math.min(left, length);
    count += spent * (from + ((to - from) * spent) / (2 * length));
    left -= spent;
  }
  return count;
}

/** Seconds of `1m30s`. */
function seconds(text = ''): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new Error(`"${text}" is no duration: write 90s or 1m30s`);
  }
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit] ?? 0), 0);
}
