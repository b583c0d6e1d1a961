import type { BenchContext } from './benchmark.ts';
import { drive } from './load/drive.ts';
import type { LoadPlan, LoadResult } from './load/plan.ts';
import { cpuDuring } from './system/cpu.ts';

/** One stretch of load and what it cost. */
export interface Phase {
  readonly load: LoadResult;
  /** CPU ms per request, by process. */
  readonly cpuPerOrder: Readonly<Record<string, number>>;
  /** Cores that something else on this machine kept busy meanwhile: above a few tenths the figures are noise. */
  readonly elsewhere: number;
}

/** Drives one plan, tells how it went in one line, and reports answers other than 200. */
export async function phase(
  context: BenchContext,
  label: string,
  pids: Readonly<Record<string, number>>,
  plan: LoadPlan,
): Promise<Phase> {
  const {
    result: load,
    cpuMs,
    otherMs,
  } = await cpuDuring(
    { ...pids, postgres: context.services.postgresPid, redis: context.services.redisPid },
    () => drive(plan),
  );
  const spent = { ...cpuMs, generator: load.cpuMs };
  const cpuPerOrder = Object.fromEntries(Object.entries(spent).map(([name, ms]) => [name, ms / load.sent]));
  const elsewhere = Math.max(0, otherMs - load.cpuMs) / 1000 / load.seconds;
  const { p50, p95, p99 } = load.latency;
  context.say(
    `  ${label.padEnd(22)}${perSecond(load.perSecond).padStart(10)}  p50 ${ms(p50)}  p95 ${ms(p95)}  p99 ${ms(p99)}` +
      `  CPU/order ${cpuWords(cpuPerOrder)}${elsewhere < 0.2 ? '' : `; ELSEWHERE ${elsewhere.toFixed(1)} cores`}`,
  );
  if (load.refused.length > 0) {
    context.fault(
      `${label}: ${load.refused.length} requests were not answered 200: ${JSON.stringify(load.statuses)}`,
    );
  }
  return { load, cpuPerOrder, elsewhere };
}

/** What each of the phases came to, in answers of 200 a second. */
export function speeds(phases: readonly Phase[]): number[] {
  return phases.map(({ load }) => load.perSecond);
}

/** How the round of middle speed went, in words. */
export function middleRound(phases: readonly Phase[]): string {
  const sorted = [...phases].sort((a, b) => a.load.perSecond - b.load.perSecond);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (!middle) throw new Error('There was no round');
  const { p50, p99 } = middle.load.latency;
  return `p50 ${ms(p50)}, p99 ${ms(p99)}, CPU ms each ${cpuWords(middle.cpuPerOrder)}`;
}

export function perSecond(value: number): string {
  return `${Math.round(value).toLocaleString('en')}/s`;
}

export function ms(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}

export function times(value: number): string {
  return `${value.toFixed(2)} x`;
}

export function cpuWords(cpuPerOrder: Readonly<Record<string, number>>): string {
  return Object.entries(cpuPerOrder)
    .filter(([, value]) => value >= 0.0005)
    .map(([name, value]) => `${name} ${value.toFixed(3)}`)
    .join(', ');
}
