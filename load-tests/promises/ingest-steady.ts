import type { BenchContext, Benchmark } from '../benchmark.ts';
import { ms, perSecond, phase } from '../phase.ts';
import { startPipeline, type Pipeline } from '../system/pipeline.ts';
import { untilQuiet } from '../verify/quiet.ts';
import { verifyDeliveries } from '../verify/deliveries.ts';
import { verifyEffects } from '../verify/effects.ts';

const RATE = 5_000 / 60;

/** S2: latency at 5,000 orders a minute while the worker processes them, counted from when each was due. */
export const ingestSteady: Benchmark = {
  promises: ['S2'],
  group: 'ingest',
  run: async (context) => {
    const pipeline = await startPipeline(context.services, { name: 's2', worker: true });
    const seconds = context.quick ? 10 : 60;
    const warm = await steady(context, pipeline, 'warm-up', 0, 5);
    const { load, cpuPerOrder } = await steady(context, pipeline, 'open loop', warm.load.sent, seconds);
    const count = warm.load.sent + load.sent;
    await untilQuiet(context, pipeline.databaseUrl, count);
    const refused = [...warm.load.refused, ...load.refused];
    await verifyDeliveries(context, pipeline.databaseUrl, { count, refused, duplicates: 0 });
    await verifyEffects(context, pipeline.databaseUrl, count - refused.length);
    await pipeline.stop();
    const { p50, p95, p99 } = load.latency;
    return [
      {
        promise: 'S2',
        what: `ingest at 5,000/min for ${seconds} s`,
        ours: `p95 ${ms(p95)}, p99 ${ms(p99)}, ${load.refused.length} errors`,
        baseline: '-',
        ratio: '-',
        hold: 'p95 < 20 ms, p99 < 50 ms, 0 errors',
        held: p95 < 20 && p99 < 50 && load.refused.length === 0,
        note: `open loop, ${perSecond(load.perSecond)} reached, worker running, from the intended start; p50 ${ms(p50)}`,
        figures: { load, cpuPerOrder },
      },
    ];
  },
};

function steady(
  context: BenchContext,
  pipeline: Pipeline,
  label: string,
  firstOrder: number,
  seconds: number,
) {
  return phase(context, label, pipeline.pids, {
    url: pipeline.ordersUrl,
    headers: pipeline.headers,
    connections: 64,
    ratePerSecond: RATE,
    seconds,
    firstOrder,
  });
}
