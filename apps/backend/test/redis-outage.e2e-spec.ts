import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '@visapi/backend-testing';
import { expectEachOnce } from './invariants.js';
import { lasting } from './outage.js';
import { mixedOrders } from './shop.js';
import { TestSystem } from './system.js';

let system: TestSystem | undefined;
afterEach(async () => {
  await system?.close();
  system = undefined;
});

/** 0 while nobody listens there. */
const statusOf = (url: string) => async () => {
  const response = await fetch(url).catch(() => undefined);
  return response?.status ?? 0;
};

describe('while Redis is away', () => {
  it('answers every order with 200, and the effects follow when it returns', async () => {
    system = await TestSystem.start();
    await system.redis.stop();
    const orders = mixedOrders(6, 60);
    const answers = await system.shop.burst(orders);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    // A worker that starts meanwhile waits for Redis.
    const pid = system.pid('worker');
    system.signal('worker', 'SIGKILL');
    await lasting(3_000);
    const ready = statusOf(`${system.urls.worker}/readyz`);
    await until(ready, (status) => status === 503);
    expect(system.pid('worker')).not.toBe(pid);
    expect((await system.sandbox.sends()).total).toBe(0);
    expect((await fetch(`${system.urls.backend}/api/v1/readyz`)).status).toBe(200);
    // The backend takes orders and says plainly what it cannot know.
    const headers = { 'x-api-key': system.secrets.adminApiKey };
    expect((await fetch(`${system.urls.backend}/api/v1/queues`, { headers })).status).toBe(503);
    await system.redis.start();
    await expectEachOnce(system, orders, answers);
    await until(ready, (status) => status === 200);
    // Said once by each of the two workers there were, not at every try of each connection.
    const lines = (await system.log('worker')).split('\n').filter((line) => line.includes('redis is away'));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(4);
  }, 90_000);
});
