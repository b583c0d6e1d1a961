import { describe, expect, it } from '@jest/globals';
import { runScenario } from '#chaos/run-scenario.ts';
import { select } from '#chaos/scenarios/catalogue.ts';

const said: string[] = [];
const options = { seed: 12, durable: false, say: (line: string) => void said.push(line) };

describe('under load', () => {
  it.each([
    ['redis-all', 'Redis is frozen for fifteen seconds, then killed, then emptied', 20],
    ['F4', 'Postgres is restarted twice: only 503 meanwhile', 12],
  ])(
    '%s: needs no human when %s',
    async (name, _, seconds) => {
      const [scenario] = select([name]);
      const { broken, done } = await runScenario(scenario!, { ...options, seconds });
      expect(broken).toEqual([]);
      expect(done.length).toBe(scenario!.faults.length);
    },
    120_000,
  );
});
