import type { BenchContext, Benchmark, Measurement } from '../benchmark.ts';
import { median, slope, sum } from '../load/statistics.ts';
import { ms, phase, type Phase } from '../phase.ts';
import { readMetrics, total } from '../system/metrics.ts';
import { startPipeline, type Pipeline } from '../system/pipeline.ts';
import { watching, type Look } from '../system/watch.ts';
import { verifyDeliveries } from '../verify/deliveries.ts';
import { verifyEffects } from '../verify/effects.ts';
import { untilQuiet } from '../verify/quiet.ts';

const RATE = 5_000 / 60;
const MINUTES = 10;
/** Until then V8 compiles, pools fill and caches grow to their bounds. */
const WARM_UP_MINUTES = 3;
/** A tenth of what a process may hold would be gained in 20 minutes: less than the noise of a garbage collector. */
const MOST_MB_PER_MINUTE = 1;

/** The long run of S10: S2's rate for 10 minutes, in which nothing may grow. */
export const soak: Benchmark = {
  promises: ['soak'],
  group: 'soak',
  onlyByName: true,
  run: async (context) => {
    const pipeline = await startPipeline(context.services, { name: 'soak', worker: true });
    const { result, looks } = await watching(pipeline, 1_000, () => run(context, pipeline));
    const { minutes, queued } = result;
    const count = sum(minutes.map(({ load }) => load.sent));
    await untilQuiet(context, pipeline.databaseUrl, count);
    const refused = minutes.flatMap(({ load }) => load.refused);
    await verifyDeliveries(context, pipeline.databaseUrl, { count, refused, duplicates: 0 });
    await verifyEffects(context, pipeline.databaseUrl, count - refused.length);
    await pipeline.stop();
    return [memory(context, looks), latency(minutes), backlog(looks, queued)];
  },
};

/** Ends with the load, so that the last look shows what has been left behind. */
async function run(context: BenchContext, pipeline: Pipeline) {
  const minutes: Phase[] = [];
  const queued: number[] = [];
  let next = 0;
  for (let minute = 1; minute <= MINUTES; minute += 1) {
    const done = await phase(context, `minute ${minute}/${MINUTES}`, pipeline.pids, {
      url: pipeline.ordersUrl,
      headers: pipeline.headers,
      connections: 64,
      ratePerSecond: RATE,
      seconds: context.quick ? 6 : 60,
      firstOrder: next,
    });
    next += done.load.sent;
    minutes.push(done);
    queued.push(await waitingJobs(pipeline));
  }
  return { minutes, queued };
}

/** Jobs that are ready and not taken, in all queues, as the worker shows them (at most 30 s old). */
async function waitingJobs({ metricsUrls }: Pipeline): Promise<number> {
  return total(await readMetrics(metricsUrls.worker), 'visapi_queue_jobs', { state: 'waiting' });
}

function memory(context: BenchContext, looks: readonly Look[]): Measurement {
  const end = looks.at(-1)?.seconds ?? 0;
  const warm = looks.filter(({ seconds }) => seconds >= (end * WARM_UP_MINUTES) / MINUTES);
  const names = Object.keys(looks[0]?.memory ?? {});
  const perMinute = names.map((name) =>
    slope(warm.map((one) => ({ x: one.seconds / 60, y: one.memory[name] ?? 0 }))),
  );
  const ranges = names.map((name) => {
    const all = warm.map((one) => one.memory[name] ?? 0);
    return `${name} ${Math.min(...all).toFixed(0)} to ${Math.max(...all).toFixed(0)} MB`;
  });
  context.say(`  memory after the warm-up: ${ranges.join(', ')}`);
  return {
    promise: 'S10',
    what: `memory over ${MINUTES} min at 5,000/min`,
    ours: names.map((name, at) => `${name} ${signed(perMinute[at] ?? 0)} MB/min`).join(', '),
    baseline: '-',
    ratio: '-',
    hold: `< ${MOST_MB_PER_MINUTE} MB/min`,
    held: perMinute.every((each) => each < MOST_MB_PER_MINUTE),
    note: `least squares through RSS of every second from minute ${WARM_UP_MINUTES} on; ${ranges.join(', ')}`,
    figures: { perMinute: Object.fromEntries(names.map((name, at) => [name, perMinute[at]])), looks },
  };
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(2)}`;
}

function latency(minutes: readonly Phase[]): Measurement {
  const third = Math.floor(minutes.length / 3);
  const [first, last] = [minutes.slice(0, third), minutes.slice(-third)].map((part) => ({
    p95: median(part.map(({ load }) => load.latency.p95)),
    p99: median(part.map(({ load }) => load.latency.p99)),
  })) as [Tail, Tail];
  const errors = sum(minutes.map(({ load }) => load.refused.length));
  const growth = last.p95 / first.p95;
  return {
    promise: 'soak',
    what: 'latency of the last third',
    ours: `p95 ${ms(last.p95)}, p99 ${ms(last.p99)}, ${errors} errors`,
    baseline: `p95 ${ms(first.p95)}, p99 ${ms(first.p99)} (first third)`,
    ratio: `${growth.toFixed(2)} x`,
    hold: '<= 1.5 x, p95 < 20 ms',
    held: growth <= 1.5 && last.p95 < 20 && errors === 0,
    note: `medians of the minutes' own percentiles, open loop, from the intended start`,
    figures: { first, last, minutes },
  };
}

interface Tail {
  readonly p95: number;
  readonly p99: number;
}

function backlog(looks: readonly Look[], queued: readonly number[]): Measurement {
  const third = Math.floor(looks.length / 3);
  const usual = (part: readonly Look[]): number => median(part.map(openRows));
  const [first, last] = [usual(looks.slice(0, third)), usual(looks.slice(-third))];
  const end = looks.at(-1);
  const left = end ? openRows(end) : Number.NaN;
  return {
    promise: 'soak',
    what: 'rows that wait',
    ours: `${last} in the last third, ${left} when the load ends`,
    baseline: `${first} (first third)`,
    ratio: '-',
    hold: 'no more than in 1 s of orders',
    // Three rows wait for each order under way.
    held: last - first < 3 * RATE && left < 3 * RATE,
    note:
      `open deliveries, effects and undispatched events, median of a look each second, most ` +
      `${Math.max(...looks.map(openRows))}; jobs waiting at each minute's end: ${queued.join(', ')}`,
    figures: { first, last, left, queued },
  };
}

function openRows({ open }: Look): number {
  return open.deliveries + open.effects + open.events;
}
