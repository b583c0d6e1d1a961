import type { BenchContext, Benchmark, Measurement } from '../benchmark.ts';
import { type GrownSystem, startGrownSystem, type Step, steps } from '../growth/grown-system.ts';
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
}

type State = 'warm' | 'cold';
type Efforts = Readonly<Record<State, Effort>>;

/** p95 in ms of each round. */
interface Compared {
  readonly what: string;
  readonly state: State;
  readonly few: readonly number[];
  readonly many: readonly number[];
}

/** S8: what is fast among ten thousand orders is as fast among a million. */
export const growth: Benchmark = {
  promises: ['S8'],
  group: 'growth',
  onlyByName: true,
  run: async (context) => {
    const efforts: Efforts = context.quick
      ? { warm: { rounds: 2, requests: 50 }, cold: { rounds: 1, requests: 25 } }
      : { warm: { rounds: 5, requests: 150 }, cold: { rounds: 2, requests: 60 } };
    const few = await startGrownSystem(context, FEW, 1);
    const many = await startGrownSystem(context, MANY, 2);
    const compared: Compared[] = [];
    for (const [what, step] of steps) {
      // What nobody counts warms both up; a cold round begins with a restart of Postgres, so that its buffers are empty.
      for (const system of [few, many]) await step(context, system, efforts.warm.requests);
      compared.push(await inTurns(context, [few, many], { what, state: 'warm', ...efforts.warm, step }));
      compared.push(await inTurns(context, [few, many], { what, state: 'cold', ...efforts.cold, step }));
    }
    for (const system of [few, many]) {
      const sent = { count: system.sent, refused: [], duplicates: 0 };
      await verifyDeliveries(context, system.pipeline.databaseUrl, sent);
      await system.stop();
    }
    return compared.map((one) => measurementOf(one, efforts[one.state]));
  },
};

type Pair = readonly [few: GrownSystem, many: GrownSystem];

interface Turns extends Effort {
  readonly what: string;
  readonly state: State;
  readonly step: Step;
}

async function inTurns(
  context: BenchContext,
  [few, many]: Pair,
  { what, state, rounds, requests, step }: Turns,
): Promise<Compared> {
  const measure = async (system: GrownSystem): Promise<number> => {
    if (state === 'cold') await system.restartPostgres();
    return (await step(context, system, requests)).p95;
  };
  const p95s: { few: number[]; many: number[] } = { few: [], many: [] };
  for (let round = 0; round < rounds; round += 1) {
    p95s.few.push(await measure(few));
    p95s.many.push(await measure(many));
  }
  const compared = { what, state, ...p95s };
  context.say(
    `  ${`${what}, ${state}`.padEnd(24)} p95 of rounds: ${p95s.few.map(ms).join(' ')} among ${words(FEW)};` +
      ` ${p95s.many.map(ms).join(' ')} among ${words(MANY)}; ${times(pairedRatio(p95s.many, p95s.few))}`,
  );
  return compared;
}

function measurementOf(compared: Compared, { rounds, requests }: Effort): Measurement {
  const { what, state, few, many } = compared;
  const ratio = pairedRatio(many, few);
  const measured = `median of the p95 of ${rounds} rounds of ${requests} requests, both sizes in turns`;
  const after = 'right after a restart of Postgres (empty buffers; the file cache of the system as it was)';
  return {
    promise: 'S8',
    what: `${what} among ${words(MANY)}, ${state}`,
    ours: `p95 ${ms(median(many))}`,
    baseline: `p95 ${ms(median(few))} among ${words(FEW)}`,
    ratio: times(ratio),
    hold: `<= ${HOLD} x`,
    held: ratio <= HOLD,
    note: `${what}, ${state}: ${measured}${state === 'cold' ? `, ${after}` : ''}`,
    figures: { ...compared, ratio },
  };
}

function words(orders: number): string {
  return `${orders.toLocaleString('en')} orders`;
}
