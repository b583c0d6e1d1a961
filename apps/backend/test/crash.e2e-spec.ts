import { afterEach, describe, expect, it } from '@jest/globals';
import { expectEachOnce } from './invariants.js';
import { inFlight, killWorkerInTheMiddle, untilAnswered, untilSent } from './outage.js';
import { mixedOrders } from './shop.js';
import { TestSystem } from './system.js';

let system: TestSystem | undefined;
afterEach(async () => {
  await system?.close();
  system = undefined;
});

describe('a burst of orders in which something dies', () => {
  it('comes to the same end when the worker is killed three times: what was in flight is listed, never sent twice', async () => {
    system = await TestSystem.start();
    await system.sandbox.fault({ mode: 'slow', delayMs: 25 });
    const orders = mixedOrders(3, 300);
    const burst = system.shop.burst(orders);
    await killWorkerInTheMiddle(system, 3);
    await expectEachOnce(system, orders, await burst, { uncertainAtMost: 3 * inFlight });
  }, 90_000);

  it('lists what the worker had in flight at its death as uncertain when no receipt tells, and never sends it again', async () => {
    system = await TestSystem.start();
    await system.sandbox.fault({ mode: 'receipts-lost' });
    await system.sandbox.fault({ mode: 'slow', match: 'send_content', delayMs: 400 });
    const orders = mixedOrders(6, 60);
    const answers = await system.shop.burst(orders);
    await untilSent(system, 5);
    const pid = system.pid('worker');
    system.signal('worker', 'SIGKILL');
    await system.restarted('worker', pid);
    const expected = { uncertainAtMost: inFlight, arrives: 'accepted' } as const;
    const { uncertain, byState } = await expectEachOnce(system, orders, answers, expected);
    expect(uncertain.length).toBeGreaterThan(0);
    expect(byState['uncertain']).toBe(uncertain.length);
  }, 90_000);

  it('comes to the same end when the backend is killed three times: the shop repeats what got no answer', async () => {
    system = await TestSystem.start();
    const orders = mixedOrders(4, 300);
    const burst = system.shop.burst(orders, { atOnce: 8 });
    for (const more of [1, 100, 100]) {
      await untilAnswered(system, more);
      const pid = system.pid('backend');
      system.signal('backend', 'SIGKILL');
      await system.restarted('backend', pid);
    }
    const answers = await burst;
    expect(answers.filter(({ status }) => status === 0).length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => ![0, 200, 503].includes(status))).toEqual([]);
    await expectEachOnce(system, orders, answers);
  }, 90_000);

  it('comes to the same end when all of Redis is emptied twice', async () => {
    system = await TestSystem.start();
    await system.sandbox.fault({ mode: 'slow', delayMs: 25 });
    const orders = mixedOrders(5, 300);
    const burst = system.shop.burst(orders);
    for (const more of [1, 20]) {
      await untilSent(system, more);
      await system.withRedis((redis) => redis.flushall());
    }
    await expectEachOnce(system, orders, await burst);
  }, 90_000);
});
