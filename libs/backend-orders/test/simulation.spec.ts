import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { live } from './history.js';
import { plan } from './plan.js';
import { safeguards, type Safeguards } from './world.js';

const { SIMULATED_HISTORIES, SIMULATION_SEED, SIMULATION_PATH } = process.env;
const histories = Number(SIMULATED_HISTORIES ?? 10_000);
/** A run of its own each time; a failure prints the seed and the path that replay it exactly. */
const replayed = {
  ...(SIMULATION_SEED !== undefined && { seed: Number(SIMULATION_SEED) }),
  ...(SIMULATION_PATH !== undefined && { path: SIMULATION_PATH }),
};

const property = (guard: Safeguards) =>
  fc.asyncProperty(fc.scheduler(), plan, async (scheduler, drawn) => await live(scheduler, drawn, guard));

describe('the journal and its receipts, whatever happens in whatever order', () => {
  it(
    `keeps its promises in ${histories} histories`,
    async () => {
      await fc.assert(property(safeguards), { numRuns: histories, ...replayed });
    },
    60_000 + histories * 30,
  );
});

describe('the simulation', () => {
  it.each(Object.keys(safeguards) as (keyof Safeguards)[])(
    'finds a history that breaks a promise without %s',
    async (name) => {
      const details = await fc.check(property({ ...safeguards, [name]: false }), {
        numRuns: 10_000,
        seed: 1,
        endOnFailure: true,
      });
      expect({ name, failed: details.failed }).toEqual({ name, failed: true });
      expect(String(details.errorInstance)).toContain('What happened:');
    },
    300_000,
  );
});
