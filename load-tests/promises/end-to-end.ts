import { startRawQueue, type RawQueue } from '../baselines/start-raw-queue.ts';
import type { BenchContext, Benchmark, Measurement } from '../benchmark.ts';
import { median, pairedRatio } from '../load/statistics.ts';
import { cpuWords, perSecond, phase, times } from '../phase.ts';
import { cpuDuring } from '../system/cpu.ts';
import { startPipeline, type Pipeline } from '../system/pipeline.ts';
import { query } from '../system/query.ts';
import { verifyDeliveries } from '../verify/deliveries.ts';
import { countCalls, resetSandbox, verifyEffects } from '../verify/effects.ts';
import { untilQuiet } from '../verify/quiet.ts';

const ORDERS = 2_000;
const WARM_UP = 1_000;

/** S5: orders of branch il from the webhook to the accepted confirmation, beside a raw queue doing the same calls. */
export const endToEnd: Benchmark = {
  promises: ['S5'],
  group: 'drain',
  run: async (context) => {
    const pipeline = await startPipeline(context.services, { name: 's5', worker: true });
    const raw = await startRawQueue(context.services, pipeline.sandboxUrl);
    await ours(context, pipeline, 'ours warm-up', 0, WARM_UP);
    await baseline(context, pipeline, raw, 'baseline warm-up', WARM_UP);
    const [mine, theirs]: [Run[], Run[]] = [[], []];
    const rounds = context.quick ? 1 : 3;
    let next = WARM_UP;
    for (let round = 1; round <= rounds; round += 1) {
      mine.push(await ours(context, pipeline, `ours ${round}/${rounds}`, next, ORDERS));
      next += ORDERS;
      theirs.push(await baseline(context, pipeline, raw, `baseline ${round}/${rounds}`, ORDERS));
    }
    await raw.stop();
    await verifyDeliveries(context, pipeline.databaseUrl, { count: next, refused: [], duplicates: 0 });
    await verifyEffects(context, pipeline.databaseUrl, next);
    await pipeline.stop();
    return [measurement(mine, theirs)];
  },
};

interface Run {
  readonly seconds: number;
  readonly perSecond: number;
  readonly cpuPerOrder: Readonly<Record<string, number>>;
  /** Accepted calls at the simulator, by kind. */
  readonly calls: Readonly<Record<string, number>>;
}

/** From the first delivery stored to the last confirmation accepted, by the clock of Postgres. */
const SPAN = `
  select extract(epoch from max(e.accepted_at) - min(d.received_at))::float8 as seconds
  from deliveries d left join effects e on e.order_id = d.order_id and e.kind = 'message'
  where d.position > $1`;

async function ours(
  context: BenchContext,
  pipeline: Pipeline,
  label: string,
  firstOrder: number,
  requests: number,
): Promise<Run> {
  await resetSandbox(pipeline.sandboxUrl);
  const [before] = await query<{ last: number }>(
    pipeline.databaseUrl,
    'select coalesce(max(position), 0)::int as last from deliveries',
  );
  const { cpuMs } = await cpuDuring(everybody(context, pipeline.pids), async () => {
    await phase(context, `${label} posted`, pipeline.pids, {
      url: pipeline.ordersUrl,
      headers: pipeline.headers,
      connections: 32,
      seconds: 60,
      requests,
      firstOrder,
    });
    await untilQuiet(context, pipeline.databaseUrl, firstOrder + requests);
  });
  const [span] = await query<{ seconds: number }>(pipeline.databaseUrl, SPAN, [before?.last ?? 0]);
  return await finish(context, pipeline, label, { seconds: span?.seconds ?? Infinity, requests, cpuMs });
}

async function baseline(
  context: BenchContext,
  pipeline: Pipeline,
  raw: RawQueue,
  label: string,
  requests: number,
): Promise<Run> {
  await resetSandbox(pipeline.sandboxUrl);
  const { sandbox } = pipeline.pids;
  const pids = { ...raw.pids, ...(sandbox === undefined ? {} : { sandbox }) };
  const { result: seconds, cpuMs } = await cpuDuring(everybody(context, pids), () => raw.run(requests));
  return await finish(context, pipeline, label, { seconds, requests, cpuMs });
}

interface Raw {
  readonly seconds: number;
  readonly requests: number;
  readonly cpuMs: Readonly<Record<string, number>>;
}

async function finish(context: BenchContext, pipeline: Pipeline, label: string, raw: Raw): Promise<Run> {
  const { seconds, requests } = raw;
  const { byKind: calls, toldTwice } = await countCalls(pipeline.sandboxUrl);
  const cpuPerOrder = Object.fromEntries(
    Object.entries(raw.cpuMs).map(([name, used]) => [name, used / requests]),
  );
  const sends = calls['POST /contacts/{id}/send_content'] ?? 0;
  if (sends !== requests)
    context.fault(`${label}: ${requests} messages due, ${sends} received by the simulator`);
  if (toldTwice > 0) context.fault(`${label}: ${toldTwice} contacts were told twice at the simulator`);
  context.say(
    `  ${label.padEnd(22)}${perSecond(requests / seconds).padStart(10)}  ${seconds.toFixed(1)} s for ${requests} orders` +
      `  calls ${JSON.stringify(calls)}  CPU/order ${cpuWords(cpuPerOrder)}`,
  );
  return { seconds, perSecond: requests / seconds, cpuPerOrder, calls };
}

function everybody(context: BenchContext, pids: Readonly<Record<string, number>>): Record<string, number> {
  return { ...pids, postgres: context.services.postgresPid, redis: context.services.redisPid };
}

function measurement(mine: readonly Run[], theirs: readonly Run[]): Measurement {
  const [our, their] = [mine.map((run) => run.perSecond), theirs.map((run) => run.perSecond)];
  const [speed, share] = [median(our), pairedRatio(our, their)];
  return {
    promise: 'S5',
    what: `${ORDERS} il orders, webhook to accepted confirmation`,
    ours: perSecond(speed),
    baseline: perSecond(median(their)),
    ratio: times(share),
    hold: '>= 0.4 x and >= 100/s',
    held: share >= 0.4 && speed >= 100,
    note:
      `median of ${mine.length} alternating pairs, receipts off; baseline: jobs added in bulk, no database; ` +
      `ours CPU ms/order ${cpuWords(mine[0]?.cpuPerOrder ?? {})}; baseline ${cpuWords(theirs[0]?.cpuPerOrder ?? {})}`,
    figures: { ours: mine, baseline: theirs },
  };
}
