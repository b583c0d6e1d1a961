import type { BenchContext, Benchmark, Measurement } from '../benchmark.ts';
import { median } from '../load/statistics.ts';
import { cpuWords, ms, phase, type Phase } from '../phase.ts';
import { commitsOf } from '../system/commits.ts';
import { readMetrics, total } from '../system/metrics.ts';
import { startPipeline, type Pipeline } from '../system/pipeline.ts';
import { watching, type Look } from '../system/watch.ts';
import { verifyDeliveries } from '../verify/deliveries.ts';
import { verifyEffects } from '../verify/effects.ts';
import { untilQuiet } from '../verify/quiet.ts';

const STEADY = 5_000 / 60;
const BURST = 2_000;
const LOOK_EVERY_MS = 250;

/** S10, S11: what each process holds under the load of S2 and then of S5; S13: how often a key was known by then. */
export const footprint: Benchmark = {
  promises: ['S10', 'S11', 'S13'],
  group: 'footprint',
  run: async (context) => {
    const pipeline = await startPipeline(context.services, { name: 's10', worker: true });
    const commitsBefore = await commitsOf(context.services, pipeline.databaseUrl);
    const { result, looks } = await watching(pipeline, LOOK_EVERY_MS, () => load(context, pipeline));
    await pipeline.stopBackend();
    await pipeline.stopWorker();
    const commits = (await commitsOf(context.services, pipeline.databaseUrl)) - commitsBefore;
    const { steady, count, keys } = result;
    await verifyDeliveries(context, pipeline.databaseUrl, { count, refused: [], duplicates: 0 });
    await verifyEffects(context, pipeline.databaseUrl, count);
    await pipeline.stop();
    context.say(
      `  per order, all of it: ${(commits / count).toFixed(2)} commits (our looks among them); CPU ms at 5,000/min ${cpuWords(steady.cpuPerOrder)}`,
    );
    return [memory(looks), connections(looks), hitRate(keys, steady)];
  },
};

async function load(context: BenchContext, pipeline: Pipeline) {
  const { ordersUrl: url, headers, pids } = pipeline;
  const seconds = context.quick ? 10 : 30;
  const warm = await phase(context, 'warm-up', pids, {
    ...{ url, headers, connections: 64, seconds: 3, ratePerSecond: STEADY },
    firstOrder: 0,
  });
  const before = await keyReads(pipeline);
  const steady = await phase(context, 'as in S2', pids, {
    ...{ url, headers, connections: 64, seconds, ratePerSecond: STEADY },
    firstOrder: warm.load.sent,
  });
  const after = await keyReads(pipeline);
  const sent = warm.load.sent + steady.load.sent;
  await phase(context, 'as in S5', pids, {
    ...{ url, headers, connections: 32, seconds: 60, requests: BURST },
    firstOrder: sent,
  });
  await untilQuiet(context, pipeline.databaseUrl, sent + BURST);
  const keys = { hits: after.hits - before.hits, misses: after.misses - before.misses };
  return { steady, count: sent + BURST, keys };
}

interface KeyReads {
  readonly hits: number;
  readonly misses: number;
}

/** As the backend itself counts them. */
async function keyReads({ metricsUrls }: Pipeline): Promise<KeyReads> {
  const samples = await readMetrics(metricsUrls.backend);
  const family = { family: 'api-key' };
  return {
    hits: total(samples, 'visapi_cache_hits_total', family),
    misses: total(samples, 'visapi_cache_misses_total', family),
  };
}

function memory(looks: readonly Look[]): Measurement {
  const names = Object.keys(looks[0]?.memory ?? {});
  const most = names.map((name) => Math.max(...looks.map((one) => one.memory[name] ?? 0)));
  const usual = names.map((name) => median(looks.map((one) => one.memory[name] ?? 0)));
  const words = names.map((name, at) => `${name} ${most[at]?.toFixed(0)} MB`);
  return {
    promise: 'S10',
    what: 'memory per process, most',
    ours: words.join(', '),
    baseline: '450 MB',
    ratio: `${(Math.max(...most) / 450).toFixed(2)} x`,
    hold: '< 200 MB RSS',
    held: Math.max(...most) < 200,
    note:
      `RSS of each process every ${LOOK_EVERY_MS} ms under S2's rate, then ${BURST} orders at once; median ` +
      names.map((name, at) => `${name} ${usual[at]?.toFixed(0)} MB`).join(', '),
    figures: { most: Object.fromEntries(names.map((name, at) => [name, most[at]])), looks },
  };
}

function connections(looks: readonly Look[]): Measurement {
  const most = looks.reduce((top, one) => (held(one) > held(top) ? one : top));
  return {
    promise: 'S11',
    what: 'database connections, backend + worker, most',
    ours: String(held(most)),
    baseline: '20',
    ratio: `${(held(most) / 20).toFixed(2)} x`,
    hold: '<= 20',
    held: held(most) <= 20,
    note: `pg_stat_activity in the same looks: ${JSON.stringify(most.connections)}`,
    figures: { most: most.connections },
  };
}

function held({ connections: byName }: Look): number {
  return Object.values(byName).reduce((all, n) => all + n, 0);
}

function hitRate({ hits, misses }: KeyReads, { load: { sent, latency } }: Phase): Measurement {
  const rate = hits / (hits + misses);
  return {
    promise: 'S13',
    what: 'API keys found in the cache',
    ours: `${(100 * rate).toFixed(2)} %`,
    baseline: '80 %',
    ratio: `${(rate / 0.8).toFixed(2)} x`,
    hold: '> 99 %',
    held: rate > 0.99,
    note: `the backend's own counters over ${sent} requests at 5,000/min: ${hits} hits, ${misses} misses; p95 ${ms(latency.p95)}`,
    figures: { hits, misses },
  };
}
