import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { takeTestRedis } from '@visapi/backend-testing';
import { RateGate } from './rate-gate.js';

let redis: Awaited<ReturnType<typeof takeTestRedis>>;
beforeAll(async () => {
  redis = await takeTestRedis();
});
afterAll(async () => await redis.close());

/** Milliseconds until all have passed. */
async function pass(gates: readonly RateGate[]): Promise<number> {
  const started = performance.now();
  await Promise.all(gates.map((gate) => gate.pass()));
  return performance.now() - started;
}

describe('RateGate', () => {
  it('keeps one rate over all processes that share the Redis', async () => {
    const gates = [new RateGate(5, 'shared', redis.redis), new RateGate(5, 'shared', redis.redis)];
    const calls = Array.from({ length: 11 }, (_, index) => gates[index % 2]!);
    expect(await pass(calls)).toBeGreaterThan(1_000);
  });

  it('lets everything through at once without a limit', async () => {
    expect(await pass(Array(1_000).fill(new RateGate(0, 'free', redis.redis)))).toBeLessThan(1_000);
  });

  it('keeps the rate by itself while Redis is away', async () => {
    const away = redis.redis.duplicate({ enableOfflineQueue: false, lazyConnect: true });
    expect(await pass(Array(6).fill(new RateGate(5, 'alone', away)))).toBeGreaterThan(500);
    away.disconnect();
  });

  it('lets go of whoever has lost the right to wait', async () => {
    const gate = new RateGate(1, 'lost', redis.redis);
    await gate.pass();
    const lost = new AbortController();
    const waiting = gate.pass(lost.signal);
    lost.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
