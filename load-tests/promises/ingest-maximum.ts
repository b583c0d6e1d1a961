import { startBareIngest, type BareIngest } from '../baselines/start-bare-ingest.ts';
import type { BenchContext, Benchmark, Measurement } from '../benchmark.ts';
import { median, pairedRatio } from '../load/statistics.ts';
import { middleRound, perSecond, phase, speeds, times, type Phase } from '../phase.ts';
import { commitsOf } from '../system/commits.ts';
import { startPipeline, type Pipeline } from '../system/pipeline.ts';
import { query } from '../system/query.ts';
import { verifyDeliveries } from '../verify/deliveries.ts';

const CONNECTIONS = 128;

/** S1: the most orders one backend process stores durably, beside a bare server; S4: the commits that took. */
export const ingestMaximum: Benchmark = {
  promises: ['S1', 'S4'],
  group: 'ingest',
  run: async (context) => {
    const pipeline = await startPipeline(context.services, { name: 's1', worker: false });
    const bare = await startBareIngest(context.services);
    const commitsBefore = await commitsOf(context.services, pipeline.databaseUrl);
    const { ours, baseline, sent, sentToBaseline, refused } = await alternate(context, pipeline, bare);
    await bare.stop();
    await verifyBaseline(context, bare, sentToBaseline);
    // Its sessions report their commits when they end.
    await pipeline.stopBackend();
    const spent = (await commitsOf(context.services, pipeline.databaseUrl)) - commitsBefore;
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
  readonly sentToBaseline: number;
  readonly refused: readonly number[];
}

/** A B A B ..., so that whatever else the machine does falls on both. */
async function alternate(context: BenchContext, pipeline: Pipeline, bare: BareIngest): Promise<Rounds> {
  const rounds = context.quick ? 3 : 9;
  const seconds = context.quick ? 2 : 3;
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
  const [ours, baseline] = [all.ours.slice(1), all.baseline.slice(1)];
  return { ours, baseline, sent: next.ours, sentToBaseline: next.baseline, refused };
}

/** A baseline that does not store what it answers would compare with nothing. */
async function verifyBaseline(context: BenchContext, bare: BareIngest, sent: number): Promise<void> {
  const [stored] = await query<Readonly<Record<'deliveries' | 'events' | 'outbox', number>>>(
    bare.databaseUrl,
    `select (select count(*) from bare.deliveries)::int as deliveries, (select count(*) from bare.events)::int as events,
      (select count(*) from bare.outbox)::int as outbox`,
  );
  if (!stored || Object.values(stored).some((rows) => rows !== sent))
    context.fault(`baseline: ${sent} orders answered, stored ${JSON.stringify(stored)}`);
}

function maximum(ours: readonly Phase[], baseline: readonly Phase[]): Measurement {
  const [mine, theirs] = [speeds(ours), speeds(baseline)];
  const ratio = pairedRatio(mine, theirs);
  return {
    promise: 'S1',
    what: 'durable ingest, maximum',
    ours: perSecond(median(mine)),
    baseline: perSecond(median(theirs)),
    ratio: times(ratio),
    hold: '>= 1.5 x',
    held: ratio >= 1.5,
    note:
      `closed loop, ${CONNECTIONS} connections, one backend, no worker, median of ${ours.length} alternating pairs; ` +
      `ours ${middleRound(ours)}; baseline ${middleRound(baseline)}`,
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
    ratio: times(perOrder),
    hold: '<= 0.2',
    held: perOrder <= 0.2,
    note: `pg_stat_database.xact_commit of the whole S1 run over ${orders} orders`,
    figures: { perOrder, orders },
  };
}
