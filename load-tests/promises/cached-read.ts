import { startBareNest, type BareNest } from '../baselines/start-bare-nest.ts';
import type { BenchContext, Benchmark, Measurement } from '../benchmark.ts';
import { orderId } from '../load/order-template.ts';
import { median, pairedRatio } from '../load/statistics.ts';
import { middleRound, perSecond, phase, speeds, times, type Phase } from '../phase.ts';
import { freePort } from '#services/ports.ts';
import { startPipeline, type Pipeline } from '../system/pipeline.ts';
import { verifyDeliveries } from '../verify/deliveries.ts';
import { untilQuiet } from '../verify/quiet.ts';

const CONNECTIONS = 64;
const ORDERS = 1_000;

/** S7: the most reads of orders, with a key and from the cache, beside the same framework answering a constant. */
export const cachedRead: Benchmark = {
  promises: ['S7'],
  group: 'reads',
  run: async (context) => {
    const pipeline = await startPipeline(context.services, { name: 's7', worker: true });
    await makeOrders(context, pipeline);
    const bare = await startBareNest(context.services, await oneAnswer(pipeline));
    const { ours, baseline } = await alternate(context, pipeline, bare);
    await bare.stop();
    const two = await ofTwo(context, pipeline);
    await pipeline.stop();
    return [measurement(ours, baseline, two)];
  },
};

async function makeOrders(context: BenchContext, pipeline: Pipeline): Promise<void> {
  await phase(context, 'orders to read', pipeline.pids, {
    url: pipeline.ordersUrl,
    headers: pipeline.headers,
    connections: 32,
    seconds: 60,
    requests: ORDERS,
    firstOrder: 0,
  });
  await untilQuiet(context, pipeline.databaseUrl, ORDERS);
  await verifyDeliveries(context, pipeline.databaseUrl, { count: ORDERS, refused: [], duplicates: 0 });
  await pipeline.stopWorker();
}

async function oneAnswer({ apiUrl, headers }: Pipeline): Promise<string> {
  const response = await fetch(`${apiUrl}/orders/${orderId(0)}`, { headers });
  return await response.text();
}

/** A B A B ..., so that whatever else the machine does falls on both. */
async function alternate(context: BenchContext, pipeline: Pipeline, bare: BareNest) {
  const rounds = context.quick ? 3 : 7;
  const all: Record<'ours' | 'baseline', Phase[]> = { ours: [], baseline: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const label = round === 0 ? 'warm-up' : `${round}/${rounds}`;
    all.ours.push(await reads(context, `ours ${label}`, pipeline));
    all.baseline.push(
      await read(context, `baseline ${label}`, bare.pids, { url: bare.url, headers: pipeline.headers }),
    );
  }
  return { ours: all.ours.slice(1), baseline: all.baseline.slice(1) };
}

/** Two backends share the load, each over half of the connections. */
async function ofTwo(context: BenchContext, pipeline: Pipeline): Promise<Phase> {
  const port = await freePort();
  const second = await pipeline.start('backend', port);
  const both = { pids: { ...pipeline.pids, second: second.pid }, alsoAt: [`http://127.0.0.1:${port}`] };
  await reads(context, 'two, warm-up', pipeline, both);
  const done = await reads(context, 'two backends', pipeline, both);
  await second.stop();
  return done;
}

async function reads(
  context: BenchContext,
  label: string,
  { apiUrl, headers, pids }: Pipeline,
  also: { readonly pids?: Readonly<Record<string, number>>; readonly alsoAt?: readonly string[] } = {},
): Promise<Phase> {
  const { alsoAt } = also;
  const url = `${apiUrl}/orders`;
  const done = await read(context, label, also.pids ?? pids, { url, headers, ...(alsoAt ? { alsoAt } : {}) });
  const { named = 0 } = done.load.outcomes;
  if (named !== done.load.sent)
    context.fault(`${label}: ${done.load.sent - named} answers did not show the order that was asked for`);
  return done;
}

function read(
  context: BenchContext,
  label: string,
  pids: Readonly<Record<string, number>>,
  target: { url: string; alsoAt?: readonly string[]; headers: Readonly<Record<string, string>> },
): Promise<Phase> {
  const load = { connections: CONNECTIONS, reads: true, firstOrder: 0, distinct: ORDERS };
  return phase(context, label, pids, { ...target, ...load, seconds: context.quick ? 2 : 3 });
}

function measurement(ours: readonly Phase[], baseline: readonly Phase[], two: Phase): Measurement {
  const [mine, theirs] = [speeds(ours), speeds(baseline)];
  const ratio = pairedRatio(mine, theirs);
  return {
    promise: 'S7',
    what: 'cached read of an order, maximum',
    ours: `${perSecond(median(mine))}; two backends ${perSecond(two.load.perSecond)}`,
    baseline: perSecond(median(theirs)),
    ratio: times(ratio),
    hold: '>= 0.4 x',
    held: ratio >= 0.4,
    note:
      `closed loop, ${CONNECTIONS} connections, ${ORDERS} orders in turn, each answer checked, median of ${ours.length} ` +
      `alternating pairs; baseline: the same Nest and Fastify answering constant text of the same bytes; ` +
      `ours ${middleRound(ours)}; baseline ${middleRound(baseline)}`,
    figures: { ours, baseline, two },
  };
}
