import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Metrics } from '@visapi/backend-observability';
import { quietLog, takeTestRedis, until } from '@visapi/backend-testing';
import { CacheService } from './cache.service.js';
import { defineFamily } from './family.js';
import { keyOf } from './key.js';
import { trustMs } from './memory-tier.js';

const family = defineFamily({
  // Evictions are told to every database of a server: no other test may mean this family.
  name: 'renewed',
  parts: (id: string) => [id],
  budgetBytes: 64 * 1024,
  memoryEntries: 50,
});
const names = ['visa', 'passport', 'photo'];

let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let cache: CacheService;
let prices: Map<string, number>;
let loads: number;

beforeEach(async () => {
  redis = await takeTestRedis();
  cache = new CacheService(redis.url, [family], quietLog, new Metrics());
  await cache.start();
  prices = new Map(names.map((name) => [name, 70]));
  loads = 0;
});
afterEach(async () => {
  cache.onApplicationShutdown();
  await redis.close();
});

async function read(name: string, ttlMs = 60_000): Promise<{ readonly price: number }> {
  const source = async (): Promise<unknown> => {
    loads += 1;
    return await Promise.resolve({ price: prices.get(name) });
  };
  return (await cache.read(keyOf(family, [name]), ttlMs, source)) as { price: number };
}

const readAll = async (ttlMs?: number) => await Promise.all(names.map((name) => read(name, ttlMs)));

/** Here time itself is what is waited for. */
async function lasting(ms: number): Promise<void> {
  const began = performance.now();
  await until(
    async () => performance.now() - began,
    (passed) => passed >= ms,
  );
}

describe('values that a process holds and is asked for again', () => {
  it('stay the very same for as long as nothing was evicted: they are compared, and not read anew', async () => {
    const before = await readAll();
    for (let second = 0; second < 2; second += 1) {
      await lasting(trustMs + 20);
      const again = await readAll();
      again.forEach((value, at) => expect(value).toBe(before[at]));
    }
    expect(loads).toBe(names.length);
  });

  it('are read anew when another process evicted them and the broadcast was lost, and no other is', async () => {
    const [, passport] = await readAll();
    prices.set('visa', 80);
    await redis.redis.del('visapi:cache:{renewed}:version:visa');
    await lasting(trustMs + 20);
    await expect(read('visa')).resolves.toEqual({ price: 80 });
    await expect(read('passport')).resolves.toBe(passport);
    expect(loads).toBe(names.length + 1);
  });

  it('are served old for at most a second when nobody told of their eviction', async () => {
    const began = performance.now();
    await read('visa');
    prices.set('visa', 80);
    const evicted = performance.now();
    await redis.redis.del('visapi:cache:{renewed}:version:visa');
    await until(
      async () => {
        const asked = performance.now();
        const { price } = await read('visa');
        // Judged by when it was asked for, however late the answer is. What is back by then was not compared yet.
        if (asked >= evicted + trustMs) expect(price).toBe(80);
        if (performance.now() < began + trustMs) expect(price).toBe(70);
        return price;
      },
      (price) => price === 80,
    );
  });

  it('are read anew when the whole family was evicted', async () => {
    await readAll();
    for (const name of names) prices.set(name, 80);
    await redis.redis.del('visapi:cache:{renewed}:generation');
    await lasting(trustMs + 20);
    for (const { price } of await readAll()) expect(price).toBe(80);
  });

  it('end with the time they were kept for, however often they are asked for', async () => {
    await read('visa', 1_500);
    prices.set('visa', 80);
    const began = performance.now();
    await until(
      async () => {
        const asked = performance.now();
        const { price } = await read('visa', 1_500);
        if (asked - began >= 1_500 + trustMs) expect(price).toBe(80);
        return price;
      },
      (price) => price === 80,
    );
  });

  it('are read from their source while Redis is away', async () => {
    await readAll();
    prices.set('visa', 80);
    cache.onApplicationShutdown();
    await lasting(trustMs + 20);
    await expect(read('visa')).resolves.toEqual({ price: 80 });
  });
});
