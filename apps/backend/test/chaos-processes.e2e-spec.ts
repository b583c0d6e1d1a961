import { describe, expect, it } from '@jest/globals';
import { type Broken, runScenario } from '#chaos/run-scenario.ts';
import { safeguards } from '#chaos/safeguards.ts';
import { nothingUncertain, type Scenario } from '#chaos/scenario.ts';
import { select } from '#chaos/scenarios/catalogue.ts';

const seed = 11;
const said: string[] = [];
const options = { seed, durable: false, say: (line: string) => void said.push(line) };

const scenario = (name: string): Scenario => select([name])[0]!;

/** Both processes die again and again, and Meta tells of no message: what was in flight stays in doubt, and is listed. */
const deaths: Scenario = {
  name: 'deaths',
  promise: 'F1 and F2 at once',
  load: { ordersPerSecond: 15, seconds: 12 },
  faults: [
    {
      kind: 'vendor',
      faults: [
        { vendor: 'cbb', match: 'send_content', mode: 'slow-after-accept', delayMs: 250 },
        { vendor: 'cbb', match: 'send_content', mode: 'receipts-lost' },
      ],
      until: 1,
    },
    { kind: 'end-process', signal: 'SIGKILL', victims: ['backend'], times: 2, window: [0.1, 0.9] },
    {
      kind: 'end-process',
      signal: 'SIGKILL',
      victims: ['worker'],
      times: 2,
      window: [0.1, 0.9],
      amidSend: 1,
    },
  ],
  allowed: { ...nothingUncertain, statuses: [0, 503], uncertain: ['death'], receipts: 'some' },
};

describe('under load', () => {
  it('loses nothing and tells nobody twice when backend and worker are killed, the worker amid its sends', async () => {
    const { broken, figures } = await runScenario(deaths, options);
    expect(broken).toEqual([]);
    expect(figures.kills).toBe(4);
    expect(figures.refused).toBeGreaterThan(0);
    expect(figures.uncertain).toBeGreaterThan(0);
  }, 120_000);

  it('ends both processes in order and in time when they are asked to, and leaves nothing in doubt (F10)', async () => {
    const { broken, done } = await runScenario(scenario('F10'), { ...options, seconds: 15 });
    expect(broken).toEqual([]);
    expect(done).toContain('SIGTERM worker 1 ×');
  }, 120_000);

  it('applies an order once that comes five times at once, and keeps the newest of two orders of one phone (F6)', async () => {
    const { broken, figures } = await runScenario(scenario('F6'), { ...options, seconds: 6 });
    expect(broken).toEqual([]);
    expect(figures.answers).toBeGreaterThan(5 * figures.orders);
  }, 120_000);
});

describe('the checks themselves', () => {
  it('notice when a confirmation is planned twice', async () => {
    const without = safeguards.find(({ name }) => name === 'semantic-key')!;
    const { broken } = await runScenario(without.scenario, { ...options, seconds: 5, without });
    expect(broken.map(({ invariant }: Broken) => invariant)).toEqual(
      expect.arrayContaining([...without.breaks]),
    );
  }, 120_000);
});
