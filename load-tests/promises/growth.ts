import type { BenchContext, Benchmark, Measurement } from '../benchmark.ts';
import { type GrownSystem, startGrownSystem, steps } from '../growth/grown-system.ts';
import { median, pairedRatio } from '../load/statistics.ts';
import { ms, times } from '../phase.ts';
import { verifyDeliveries } from '../verify/deliveries.ts';

const HOLD = 1.5;
const FEW = 10_000;
const MANY = 1_000_000;

/** Both sizes take turns, so that what disturbs the machine disturbs both. */
interface Effort {
  readonly rounds: number;
  /** Requests of each kind in a round. */
  readonly requests: number;
  /** Requests of each kind after a restart of Postgres, until which nothing was in its buffers. */
  readonly coldRequests: number;
}

/** p95 in ms of each round. */
interface Compared {
  readonly what: string;
  readonly state: 'warm' | 'cold';
  readonly few: readonly number[];
  readonly many: readonly number[];
}

/** S8: what is fast among ten thousand orders is as fast among a million. */
export const growth: Benchmark = {
  promises: ['S8'],
  group: 'growth',
  onlyByName: true,
  run: async (context) => {
    const effort: Effort = context.quick
      ? { rounds: 2, requests: 50, coldRequests: 25 }
      : { rounds: 5, requests: 150, coldRequests: 60 };
    const few = await startGrownSystem(context, FEW, 1);
    const many = await startGrownSystem(context, MANY, 2);
    const compared: Compared[] = [];
    for (const what of steps.keys()) {
      compared.push(await warm(context, [few, many], what, effort));
      compared.push(await cold(context, [few, many], what, effort));
    }
    for (const system of [few, many]) {
      const sent = { count: system.sent, refused: [], duplicates: 0 };
      await verifyDeliveries(context, system.pipeline.databaseUrl, sent);
      await system.stop();
    }
    return compared.map((one) => measurementOf(one, effort));
  },
};

type Pair = readonly [few: GrownSystem, many: GrownSystem];

async function warm(context: BenchContext, pair: Pair, what: string, effort: Effort): Promise<Compared> {
  const step = stepOf(what);
  for (const system of pair) await step(context, system, effort.requests);
  return await inTurns(context, pair, { what, state: 'warm', rounds: effort.rounds }, (system) =>
    step(context, system, effort.requests),
  );
}

async function cold(
  context: BenchContext,
  pair: Pair,
  what: string,
  { rounds, coldRequests }: Effort,
): Promise<Compared> {
  const label = { what, state: 'cold', rounds: Math.ceil(rounds / 3) } as const;
  return await inTurns(context, pair, label, async (system) => {
    await system.restartPostgres();
    return await stepOf(what)(context, system, coldRequests);
  });
}

async function inTurns(
  context: BenchContext,
  [few, many]: Pair,
  {
    what,
    state,
    rounds,
  }: { readonly what: string; readonly state: 'warm' | 'cold'; readonly rounds: number },
  measure: (system: GrownSystem) => Promise<{ readonly p95: number }>,
): Promise<Compared> {
  const p95s: { few: number[]; many: number[] } = { few: [], many: [] };
  for (let round = 0; round < rounds; round += 1) {
    p95s.few.push((await measure(few)).p95);
    p95s.many.push((await measure(many)).p95);
  }
  const compared = { what, state, ...p95s };
  context.say(
    `  ${`${what}, ${state}`.padEnd(24)} p95 of rounds: ${p95s.few.map(ms).join(' ')} among ${words(FEW)};` +
      ` ${p95s.many.map(ms).join(' ')} among ${words(MANY)}; ${times(pairedRatio(p95s.many, p95s.few))}`,
  );
  return compared;
}

function stepOf(what: string) {
  const step = steps.get(what);
  if (!step) throw new Error(`There is no step named ${what}`);
  return step;
}

function measurementOf(compared: Compared, effort: Effort): Measurement {
  const { what, state, few, many } = compared;
  const ratio = pairedRatio(many, few);
  const note =
    state === 'warm'
      ? `median of the p95 of ${effort.rounds} rounds of ${effort.requests} requests, both sizes in turns`
      : `${effort.coldRequests} requests right after a restart of Postgres (empty buffers; the system's file cache as it was)`;
  return {
    promise: 'S8',
    what: `${what} among ${words(MANY)}, ${state}`,
    ours: `p95 ${ms(median(many))}`,
    baseline: `p95 ${ms(median(few))} among ${words(FEW)}`,
    ratio: times(ratio),
    hold: `<= ${HOLD} x`,
    held: ratio <= HOLD,
    note: `${what}, ${state}: ${note}`,
    figures: { ...compared, ratio },
  };
}

function words(orders: number): string {
  return `${orders.toLocaleString('en')} orders`;
}
