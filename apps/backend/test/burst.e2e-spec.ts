import { afterEach, describe, expect, it } from '@jest/globals';
import { expectEachOnce } from './invariants.js';
import { mixedOrders } from './shop.js';
import { TestSystem } from './system.js';

let system: TestSystem | undefined;
afterEach(() => system?.close());

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
});
