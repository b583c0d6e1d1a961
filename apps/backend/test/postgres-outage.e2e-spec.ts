import { afterEach, describe, expect, it } from '@jest/globals';
import { expectEachOnce } from './invariants.js';
import { lasting } from './outage.js';
import { mixedOrders } from './shop.js';
import { TestSystem } from './system.js';

let system: TestSystem | undefined;
afterEach(async () => {
  await system?.close();
  system = undefined;
});

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
});
