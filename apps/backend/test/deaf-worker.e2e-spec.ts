import { afterEach, describe, expect, it } from '@jest/globals';
import { type DeafProxy, startDeafProxy, until } from '@visapi/backend-testing';
import { expectEachOnce } from './invariants.js';
import { mixedOrders } from './shop.js';
import { TestSystem } from './system.js';

let system: TestSystem | undefined;
let proxy: DeafProxy | undefined;
afterEach(async () => {
  await system?.close();
  await proxy?.close();
  system = undefined;
  proxy = undefined;
});

interface Readiness {
  readonly checks: Readonly<Record<string, { readonly state: string; readonly detail?: string }>>;
}

describe('a worker that hears of no job any more', () => {
  it('becomes unready, ends itself, is started again, and the orders go through', async () => {
    system = await TestSystem.start({ apps: ['sandbox', 'backend'] });
    proxy = await startDeafProxy(system.urls.redis);
    await system.startApp('worker', 1, { QUEUE_STUCK_SECONDS: '2', REDIS_PUBLIC_URL: proxy.url });
    const told = mixedOrders(21, 4);
    const first = await system.shop.burst(told);
    await expectEachOnce(system, told, first);
    const pid = system.pid('worker');
    proxy.deafen();
    const orders = mixedOrders(22, 12);
    const answers = await system.shop.burst(orders);
    const { urls } = system;
    const { checks } = await until(
      async () => (await (await fetch(`${urls.worker}/readyz`)).json()) as Readiness,
      (readiness) => readiness.checks['progress']?.state === 'down',
    );
    expect(checks['progress']?.detail).toContain('is stuck since');
    expect(checks['queue']?.state).toBe('up');
    await until(
      async () => await Promise.resolve(system?.reports ?? []),
      (reports) => reports.some((line) => line.startsWith('worker ended (exit code 1)')),
    );
    proxy.hear();
    await system.restarted('worker', pid, 40_000);
    await expectEachOnce(system, [...told, ...orders], [...first, ...answers]);
  }, 90_000);
});
