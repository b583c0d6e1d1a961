import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '@visapi/backend-testing';
import { expectEachOnce } from './invariants.js';
import { lasting, untilSent } from './outage.js';
import { mixedOrders } from './shop.js';
import { TestSystem } from './system.js';

let system: TestSystem | undefined;
afterEach(async () => {
  await system?.close();
  system = undefined;
});

/** A database that is away is a reason to wait: no process ends for it, no job is blamed, no delivery is set aside. */
async function expectOrderlyOutage(running: TestSystem): Promise<void> {
  expect(running.reports).toEqual([]);
  for (const app of ['backend', 'worker'] as const) {
    const lines = (await running.log(app)).split('\n');
    expect(lines.filter((line) => /INTERNAL_ERROR|delivery\.failed/.test(line))).toEqual([]);
  }
}

describe('while Postgres is away', () => {
  it('answers 503 with Retry-After and never 200, and everything goes on when it returns, killed processes too', async () => {
    system = await TestSystem.start({ ownPostgres: true });
    const before = mixedOrders(9, 60);
    const first = await system.shop.burst(before);
    await system.postgres.stop();
    const later = mixedOrders(10, 40);
    const { shop } = system;
    const refused = await Promise.all(later.map(({ body }) => shop.post(body)));
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
    expect(refused.every(({ retryAfter }) => Number(retryAfter) > 0)).toBe(true);
    expect((await fetch(`${system.urls.backend}/api/v1/readyz`)).status).toBe(503);
    expect((await fetch(`${system.urls.backend}/api/v1/livez`)).status).toBe(200);
    for (const app of ['backend', 'worker'] as const) system.signal(app, 'SIGKILL');
    await lasting(10_000);
    await system.postgres.start();
    const second = await system.shop.burst(later);
    await expectEachOnce(system, [...before, ...later], [...first, ...second]);
  }, 90_000);

  it('loses nothing and sends nothing twice when it is killed in the middle of a burst', async () => {
    system = await TestSystem.start({ ownPostgres: true });
    await system.sandbox.fault({ mode: 'slow', delayMs: 25 });
    const orders = mixedOrders(11, 200);
    const burst = system.shop.burst(orders, { atOnce: 20 });
    await untilSent(system, 10);
    await system.postgres.stop();
    await lasting(5_000);
    await system.postgres.start();
    const answers = await burst;
    expect(answers.filter(({ status }) => ![200, 503].includes(status))).toEqual([]);
    await expectEachOnce(system, orders, answers);
    await expectOrderlyOutage(system);
    const { shop } = system;
    const again = await until(
      () => shop.post(orders[0]?.body ?? ''),
      ({ status }) => status === 200,
    );
    expect(again.outcome).toBe('duplicate');
  }, 90_000);
});
