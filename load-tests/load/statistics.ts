import type { Latency } from './plan.ts';

/** @throws when nothing was measured: it would count as the best of all figures */
export function summarise(values: readonly number[]): Latency {
  const sorted = sortedOf(values);
  const quantile = (share: number): number => at(sorted, Math.floor(sorted.length * share));
  return { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99), max: at(sorted, sorted.length - 1) };
}

/** @throws when nothing was measured */
export function median(values: readonly number[]): number {
  const sorted = sortedOf(values);
  const last = sorted.length - 1;
  return (at(sorted, Math.floor(last / 2)) + at(sorted, Math.ceil(last / 2))) / 2;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * The middle of the ratios of rounds that ran one after the other: what disturbs a pair disturbs both.
 * @throws when there is nothing to compare a round with
 */
export function pairedRatio(ours: readonly number[], baseline: readonly number[]): number {
  return median(ours.map((value, round) => value / at(baseline, round)));
}

/**
 * By how much y rises per x: the straight line through the points with the least squares.
 * @returns NaN, which holds nothing, when the points do not make a line
 */
export function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const [meanX, meanY] = [sum(points.map(({ x }) => x)), sum(points.map(({ y }) => y))].map(
    (total) => total / points.length,
  ) as [number, number];
  const rise = sum(points.map(({ x, y }) => (x - meanX) * (y - meanY)));
  const run = sum(points.map(({ x }) => (x - meanX) ** 2));
  return rise / run;
}

function sortedOf(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}

function at(values: ArrayLike<number>, place: number): number {
  const value = values[place];
  if (value === undefined) throw new Error('Nothing was measured');
  return value;
}
