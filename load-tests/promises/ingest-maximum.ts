import { startBareIngest, type BareIngest } from '../baselines/start-bare-ingest.ts';
import type { BenchContext, Benchmark, Measurement } from '../benchmark.ts';
import { median, sum } from '../load/statistics.ts';
import { cpuWords, ms, perSecond, phase, ratio, type Phase } from '../phase.ts';
import { startPipeline, type Pipeline } from '../system/pipeline.ts';
import { query } from '../system/query.ts';
import { verifyDeliveries } from '../verify/deliveries.ts';

const CONNECTIONS = 64;

/** S1: the most orders one backend process stores durably, beside a bare server; S4: the commits that took. */
export const ingestMaximum: Benchmark = {
  promises: ['S1', 'S4'],
  group: 'ingest',
  run: async (context) => {
    const pipeline = await startPipeline(context.services, { name: 's1', worker: false });
    const bare = await startBareIngest(context.services);
    const commitsBefore = await commits(context, pipeline);
    const { ours, baseline, sent, refused } = await alternate(context, pipeline, bare);
    await bare.stop();
    // Its sessions report their commits when they end.
    await pipeline.stopBackend();
    const spent = (await commits(context, pipeline)) - commitsBefore;
    const counted = await verifyDeliveries(context, pipeline.databaseUrl, {
      count: sent,
      refused,
      duplicates: 0,
    });
    await pipeline.stop();
    return [maximum(ours, baseline), sharedCommits(spent, counted.accepted)];
  },
};

interface Rounds {
  readonly ours: readonly Phase[];
  readonly baseline: readonly Phase[];
  /** Orders sent to us, warm-up included. */
  readonly sent: number;
  readonly refused: readonly number[];
}

/** A B A B ..., so that whatever else the machine does falls on both. */
async function alternate(context: BenchContext, pipeline: Pipeline, bare: BareIngest): Promise<Rounds> {
  const rounds = 3;
  const seconds = context.quick ? 2 : 6;
  const next = { ours: 0, baseline: 0 };
  const all: Record<'ours' | 'baseline', Phase[]> = { ours: [], baseline: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const label = round === 0 ? 'warm-up' : `${round}/${rounds}`;
    for (const side of ['ours', 'baseline'] as const) {
      const target =
        side === 'ours'
          ? { url: pipeline.ordersUrl, headers: pipeline.headers }
          : { url: bare.url, headers: {} };
      const done = await phase(context, `${side} ${label}`, side === 'ours' ? pipeline.pids : bare.pids, {
        ...target,
        connections: CONNECTIONS,
        seconds,
        firstOrder: next[side],
      });
      next[side] += done.load.sent;
      all[side].push(done);
    }
  }
  const refused = all.ours.flatMap((done) => done.load.refused);
  return { ours: all.ours.slice(1), baseline: all.baseline.slice(1), sent: next.ours, refused };
}

function maximum(ours: readonly Phase[], baseline: readonly Phase[]): Measurement {
  const speed = (phases: readonly Phase[]): number => median(phases.map((done) => done.load.perSecond));
  const middle = (phases: readonly Phase[]): Phase | undefined =>
    [...phases].sort((a, b) => a.load.perSecond - b.load.perSecond)[Math.floor(phases.length / 2)];
  const latency = (phases: readonly Phase[]): string => {
    const { p50 = 0, p99 = 0 } = middle(phases)?.load.latency ?? {};
    return `p50 ${ms(p50)}, p99 ${ms(p99)}, CPU ms/order ${cpuWords(middle(phases)?.cpuPerOrder ?? {})}`;
  };
  return {
    promise: 'S1',
    what: 'durable ingest, maximum',
    ours: perSecond(speed(ours)),
    baseline: perSecond(speed(baseline)),
    ratio: ratio(speed(ours), speed(baseline)),
    hold: '>= 1.5 x',
    held: speed(ours) / speed(baseline) >= 1.5,
    note:
      `closed loop, ${CONNECTIONS} connections, one backend, no worker, medians of ${ours.length} alternating rounds; ` +
      `ours ${latency(ours)}; baseline ${latency(baseline)}`,
    figures: { ours, baseline },
  };
}

function sharedCommits(commitsMade: number, orders: number): Measurement {
  const perOrder = commitsMade / orders;
  return {
    promise: 'S4',
    what: 'commits per accepted order',
    ours: perOrder.toFixed(3),
    baseline: '1.000',
    ratio: `${perOrder.toFixed(2)} x`,
    hold: '<= 0.2',
    held: perOrder <= 0.2,
    note: `pg_stat_database.xact_commit of the whole S1 run over ${orders} orders`,
    figures: { perOrder, orders },
  };
}

async function commits(context: BenchContext, pipeline: Pipeline): Promise<number> {
  const database = new URL(pipeline.databaseUrl).pathname.slice(1);
  const rows = await query<{ commits: number }>(
    context.services.ownerUrl,
    'select xact_commit::int as commits from pg_stat_database where datname = $1',
    [database],
  );
  return sum(rows.map((row) => row.commits));
}
