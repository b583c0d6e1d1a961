import type { BenchContext, Benchmark } from '../benchmark.ts';
import { median, pairedRatio, sum } from '../load/statistics.ts';
import { perSecond, phase, speeds, times, type Phase } from '../phase.ts';
import { startPipeline, type Pipeline } from '../system/pipeline.ts';
import { verifyDeliveries } from '../verify/deliveries.ts';

const CONNECTIONS = 128;
const KNOWN = 1_000;

/** S3: the same 1,000 orders over and over, beside our own maximum for new ones. */
export const duplicateStorm: Benchmark = {
  promises: ['S3'],
  group: 'ingest',
  run: async (context) => {
    const pipeline = await startPipeline(context.services, { name: 's3', worker: false });
    const { storm, fresh, count, refused, duplicates } = await alternate(context, pipeline);
    await pipeline.stopBackend();
    await verifyDeliveries(context, pipeline.databaseUrl, { count, refused, duplicates });
    await pipeline.stop();
    const [known, news] = [speeds(storm), speeds(fresh)];
    const ratio = pairedRatio(known, news);
    return [
      {
        promise: 'S3',
        what: 'duplicate storm',
        ours: perSecond(median(known)),
        baseline: `${perSecond(median(news))} (new orders)`,
        ratio: times(ratio),
        hold: '>= 1.2 x S1, zero extra rows',
        held: ratio >= 1.2,
        note: `closed loop, ${CONNECTIONS} connections, ${KNOWN} known orders, median of ${storm.length} alternating pairs`,
        figures: { storm, fresh },
      },
    ];
  },
};

async function alternate(context: BenchContext, pipeline: Pipeline) {
  const seconds = context.quick ? 2 : 3;
  const rounds = context.quick ? 3 : 5;
  const run = (label: string, plan: { firstOrder: number; distinct?: number; requests?: number }) =>
    phase(context, label, pipeline.pids, {
      url: pipeline.ordersUrl,
      headers: pipeline.headers,
      connections: CONNECTIONS,
      seconds,
      ...plan,
    });
  const first = await run('first delivery', { firstOrder: 0, requests: KNOWN });
  const storm: Phase[] = [];
  const fresh: Phase[] = [];
  let next = KNOWN;
  for (let round = 0; round <= rounds; round += 1) {
    const label = round === 0 ? 'warm-up' : `${round}/${rounds}`;
    const news = await run(`new ${label}`, { firstOrder: next });
    next += news.load.sent;
    fresh.push(news);
    storm.push(await run(`known ${label}`, { firstOrder: 0, distinct: KNOWN }));
  }
  const all = [first, ...fresh, ...storm];
  return {
    storm: storm.slice(1),
    fresh: fresh.slice(1),
    count: next,
    refused: all.flatMap((done) => done.load.refused),
    duplicates: sum(storm.map((done) => done.load.outcomes.duplicate ?? 0)),
  };
}
