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

interface Queues {
  readonly queues: readonly {
    readonly lastTakenAt: string | null;
    readonly stuck: readonly { readonly worker: string }[];
  }[];
  readonly workers: readonly {
    readonly worker: string;
    readonly lanes: readonly { readonly name: string }[];
  }[];
}

describe('a worker that hears of no job any more', () => {
  it('becomes unready, ends itself, is started again, and the orders go through', async () => {
    system = await TestSystem.start({ apps: ['sandbox', 'backend'] });
    proxy = await startDeafProxy(system.urls.redis);
    await system.startApp('worker', 1, { QUEUE_STUCK_SECONDS: '6', REDIS_PUBLIC_URL: proxy.url });
    const told = mixedOrders(21, 4);
    const first = await system.shop.burst(told);
    await expectEachOnce(system, told, first);
    const { api } = system;
    const moving = await until(
      () => api.get<Queues>('/queues'),
      ({ queues }) => queues.every(({ lastTakenAt }) => lastTakenAt !== null),
    );
    expect(moving.queues.flatMap(({ stuck }) => stuck)).toEqual([]);
    expect(moving.workers).toHaveLength(1);
    expect(moving.workers[0]?.lanes.map(({ name }) => name)).toEqual(['cbb-contacts', 'cbb-messages']);
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
    const { queues } = await until(
      () => api.get<Queues>('/queues'),
      (report) => report.queues.some(({ stuck }) => stuck.length > 0),
    );
    expect(queues.flatMap(({ stuck }) => stuck)[0]?.worker).toBe(moving.workers[0]?.worker);
    await until(
      async () => await Promise.resolve(system?.reports ?? []),
      (reports) => reports.some((line) => line.startsWith('worker ended (exit code 1)')),
    );
    proxy.hear();
    await system.restarted('worker', pid, 40_000);
    await expectEachOnce(system, [...told, ...orders], [...first, ...answers]);
  }, 90_000);
});
