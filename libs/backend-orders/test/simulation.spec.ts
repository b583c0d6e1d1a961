import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FreezingScheduler } from './freezing-scheduler.js';
import { live } from './history.js';
import { changes, plan, type Plan, standstills } from './plan.js';
import { safeguards, type Safeguards, type Turns } from './world.js';

const { SIMULATED_HISTORIES, SIMULATION_SEED, SIMULATION_PATH, FREEZING_PATH } = process.env;
const histories = Number(SIMULATED_HISTORIES ?? 10_000);
/** The same histories for everybody, so that a commit has one verdict; `SIMULATION_SEED=random` draws others. */
const isDrawn = SIMULATION_SEED === 'random';
/** A failure prints the seed and the path that replay it exactly; each of the two properties has paths of its own. */
const replayed = (path: string | undefined) => ({
  ...(!isDrawn && { seed: Number(SIMULATION_SEED ?? 1) }),
  ...(path !== undefined && { path }),
});

const property = (guard: Safeguards) =>
  fc.asyncProperty(fc.scheduler(), plan, async (scheduler, drawn) => {
    await live(scheduler, drawn, guard);
  });

const freezing = fc
  .infiniteStream(fc.nat(99), { noHistory: true })
  .map((draws) => new FreezingScheduler(draws));

describe('the journal and its receipts, whatever happens in whatever order', () => {
  it(
    `keeps its promises in ${histories} histories`,
    async () => {
      await fc.assert(property(safeguards), { numRuns: histories, ...replayed(SIMULATION_PATH) });
    },
    60_000 + histories * 30,
  );

  it(
    `keeps them when some are frozen for long, in ${histories} histories`,
    async () => {
      const drawnFrom = fc.oneof(plan, changes, standstills);
      const frozen = fc.asyncProperty(freezing, drawnFrom, async (scheduler, drawn) => {
        await live(scheduler, drawn, safeguards);
      });
      await fc.assert(frozen, { numRuns: histories, ...replayed(FREEZING_PATH) });
    },
    60_000 + histories * 30,
  );
});

/** What goes wrong when a safeguard is taken away. */
const missed: Readonly<Record<keyof Safeguards, RegExp>> = {
  uniqueKeys: /was confirmed 2 times/,
  leasesExpire: /every effect ends, or is visibly uncertain/,
  fencing: /wrote over attempt/,
  wordsReadAfterClaim: /tells what its order no longer said/,
  oneBindingPerId: /one id of the vendor belongs to one message/,
  heldWhileBound: /moved a message that nobody has sent/,
  uncertainNeverResent: /is sent although it may have been sent already/,
  nothingSentLate: /is sent although it may have been sent already/,
};

/** What is rare elsewhere is met often in these. */
const metBy: Partial<Record<keyof Safeguards, { turns?: fc.Arbitrary<Turns>; plans: fc.Arbitrary<Plan> }>> = {
  wordsReadAfterClaim: { plans: changes },
  nothingSentLate: { turns: freezing, plans: standstills },
};

const hurts = [
  ...['dies before it', 'lease of message', 'lease of contact', 'forgets every job', 'claim lost'],
  ...[
    'undoes the claim',
    'unread',
    ': uncertain, "uncertain"',
    ': uncertain, "accepted"',
    ': retry',
    ': failed',
  ],
  ...[
    'inferred wamid',
    'callback wamid',
    'inferred wamid.foreign',
    'uncertain -> accepted',
    'claimed -> accepted',
  ],
  ...[
    'accepted -> failed',
    'operator: send',
    'operator: already-sent',
    'never went out',
    'fails after, holds',
  ],
];

describe('the simulation', () => {
  it.each(Object.entries(missed) as [keyof Safeguards, RegExp][])(
    'would miss %s: it finds how %s',
    async (name, what) => {
      const guard = { ...safeguards, [name]: false };
      const { turns = fc.scheduler(), plans = plan } = metBy[name] ?? {};
      const broken = fc.asyncProperty(turns, plans, async (scheduler, drawn) => {
        const error = await live(scheduler, drawn, guard).catch((thrown: unknown) => thrown);
        return !what.test(String(error));
      });
      const { failed } = await fc.check(broken, { numRuns: 10_000, seed: 1, endOnFailure: true });
      expect(failed).toBe(true);
    },
    300_000,
  );

  it('goes where it hurts: each of these happens in a run', async () => {
    const seen = new Set<string>();
    const watched = fc.asyncProperty(fc.scheduler(), plan, async (scheduler, drawn) => {
      for (const line of await live(scheduler, drawn, safeguards))
        for (const place of hurts) if (line.includes(place)) seen.add(place);
    });
    await fc.check(watched, { numRuns: 2_000, seed: 3 });
    expect(hurts.filter((place) => !seen.has(place))).toEqual([]);
  }, 120_000);

  it('replays a history exactly by its seed and path, and tells it step by step', async () => {
    const guard = { ...safeguards, leasesExpire: false };
    const told: string[] = [];
    const tells = fc.asyncProperty(fc.scheduler(), plan, async (scheduler, drawn) => {
      await live(scheduler, drawn, guard).catch((thrown: unknown) => {
        told.push(String(thrown));
        throw thrown;
      });
    });
    const first = await fc.check(tells, { numRuns: 10_000, seed: 2, endOnFailure: true });
    const { seed, counterexamplePath: path } = first;
    await fc.check(tells, { numRuns: 1, seed, path: path!, endOnFailure: true });
    expect(told).toEqual([expect.stringContaining('What happened:'), told[0]]);
  });
});
