import { afterEach, describe, expect, it } from '@jest/globals';
import { expectEachOnce } from './invariants.js';
import { inFlight, untilAnswered, untilSent } from './outage.js';
import { mixedOrders } from './shop.js';
import { TestSystem } from './system.js';

let system: TestSystem | undefined;
afterEach(async () => {
  await system?.close();
  system = undefined;
});

describe('300 orders at once, each posted twice', () => {
  it('become 300 orders, one contact and at most one confirmation each', async () => {
    system = await TestSystem.start();
    const orders = mixedOrders(1, 300);
    const answers = await system.shop.burst(orders);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const balance = await expectEachOnce(system, orders, answers);
    expect(balance.received).toBe(600);
    expect(balance.byState['duplicate']).toBe(300);
    expect(balance.byState['skipped']).toBe(orders.filter(({ test }) => test).length);
  }, 60_000);

  it('come to the same end with two workers and two backends, one of each killed on the way', async () => {
    system = await TestSystem.start({ workers: 2, backends: 2 });
    await system.sandbox.fault({ mode: 'slow', delayMs: 25 });
    const orders = mixedOrders(2, 300);
    const burst = system.shop.burst(orders, { copies: 3, atOnce: 60 });
    await untilAnswered(system, 50);
    system.signal('backend-2', 'SIGKILL');
    await untilSent(system, 10);
    system.signal('worker-2', 'SIGKILL');
    await expectEachOnce(system, orders, await burst, { uncertainAtMost: inFlight });
    for (const name of ['worker', 'worker-2'])
      expect(await system.log(name)).toContain('"outcome":"created"');
    expect(system.reports.map((line) => line.split(' ')[0]).sort()).toEqual(['backend-2', 'worker-2']);
  }, 90_000);
});
