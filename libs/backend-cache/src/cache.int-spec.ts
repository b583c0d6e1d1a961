import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { nestLogger, ObservabilityModule } from '@visapi/backend-observability';
import { quietLog, quietProcess, takeTestRedis, until } from '@visapi/backend-testing';
import { CacheModule } from './cache.module.js';
import { CacheService } from './cache.service.js';
import { Cacheable, CacheEvict, CachePut } from './decorators.js';
import { defineFamily } from './family.js';
import { under } from './key.js';
import { trustMs } from './memory-tier.js';
import { RedisTier } from './redis-tier.js';

const kilobyte = 1024;
const families = {
  price: defineFamily({
    name: 'price',
    parts: (shop: string, product: string) => [shop, product],
    budgetBytes: 64 * kilobyte,
    memoryEntries: 50,
  }),
  other: defineFamily({
    name: 'other',
    parts: (id: string) => [id],
    budgetBytes: 64 * kilobyte,
    memoryEntries: 50,
    follows: { aggregate: 'thing', by: 'id' },
  }),
  list: defineFamily({
    name: 'list',
    parts: (asked: object) => [asked],
    budgetBytes: 64 * kilobyte,
    memoryEntries: 50,
    follows: { aggregate: 'thing', by: 'all' },
  }),
};

/** What stands in for the database: every process reads and writes the same one. */
class Source {
  readonly values = new Map<string, unknown>();
  loads = 0;
  /** A load reads at once and answers when this is resolved. */
  gate: Promise<void> = Promise.resolve();

  async load(name: string): Promise<unknown> {
    this.loads += 1;
    const value = this.values.get(name);
    await this.gate;
    return value;
  }
}

class Shop {
  constructor(readonly source: Source) {}

  @Cacheable({ key: families.price, ttl: 60 })
  async price(shop: string, product: string): Promise<unknown> {
    return await this.source.load(`${shop}|${product}`);
  }

  @CachePut({ key: families.price, ttl: 60 })
  async setPrice(shop: string, product: string): Promise<unknown> {
    this.source.values.set(`${shop}|${product}`, 'put');
    return await this.source.load(`${shop}|${product}`);
  }

  @CacheEvict({ pattern: (shop: string) => under(families.price, shop) })
  async change(shop: string, value: unknown): Promise<void> {
    this.source.values.set(`${shop}|visa`, value);
  }

  @CacheEvict({ pattern: 'price:*' })
  async changeAll(value: unknown): Promise<void> {
    for (const name of this.source.values.keys()) this.source.values.set(name, value);
  }

  @Cacheable({ key: families.other })
  async other(id: string): Promise<unknown> {
    return await this.source.load(id);
  }

  @Cacheable({ key: families.list })
  async list(asked: object): Promise<unknown> {
    return await this.source.load(JSON.stringify(asked));
  }
}

let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let source: Source;
let open: INestApplicationContext[];

beforeEach(async () => {
  redis = await takeTestRedis();
  source = new Source();
  open = [];
});
afterEach(async () => {
  jest.useRealTimers().restoreAllMocks();
  await Promise.all(open.map((app) => app.close()));
  await redis.close();
});

const config = { redisUrl: undefined, ttlDefault: 300, ttlAuth: 900 };

@Module({})
class Root {}

async function startProcess() {
  const app = await NestFactory.createApplicationContext(
    {
      module: Root,
      imports: [
        ObservabilityModule.forRoot(quietProcess, quietLog),
        CacheModule.forRoot(config, { url: redis.url, publicUrl: undefined }, families),
      ],
      providers: [{ provide: Shop, useValue: new Shop(source) }],
    },
    { logger: nestLogger(quietLog), abortOnError: false },
  );
  open.push(app);
  return { shop: app.get(Shop), cache: app.get(CacheService) };
}

/** Ends the trust of every process in what it holds itself. */
const afterTrust = async () => await lasting(trustMs + 20);

/** Here time itself is what is waited for. */
async function lasting(ms: number): Promise<void> {
  const began = performance.now();
  await until(
    async () => performance.now() - began,
    (passed) => passed >= ms,
  );
}
const entries = async () => (await redis.redis.keys('visapi:cache:*:entry:*')).length;

describe('a cached read', () => {
  it('of 1,000 callers at once asks the source once', async () => {
    const { shop } = await startProcess();
    source.values.set('a|visa', { price: 1 });
    const all = await Promise.all(Array.from({ length: 1_000 }, () => shop.price('a', 'visa')));
    expect(source.loads).toBe(1);
    expect(new Set(all)).toEqual(new Set([{ price: 1 }]));
  });

  it('of 1,000 callers in two processes asks the source once', async () => {
    const processes = [await startProcess(), await startProcess()];
    source.values.set('a|visa', { price: 1 });
    const looked = jest.spyOn(RedisTier.prototype, 'begin');
    // Each waits 300 ms for the other's load, and 200 ms for Redis. Its clock stands still, so that no stall uses that up.
    jest.useFakeTimers({
      doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'Date'],
    });
    source.gate = until(
      async () => looked.mock.calls.length,
      // Each has looked in Redis, and the one that found a load under way looks again.
      (times) => times > 2,
    ).then(() => undefined);
    await Promise.all(
      Array.from({ length: 1_000 }, async (_, index) => await processes[index % 2]?.shop.price('a', 'visa')),
    );
    expect(source.loads).toBe(1);
  });

  it('is kept for other processes, times and bytes included', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    const row = { at: new Date(7), secret: Buffer.from('x'), names: ['א'], none: null };
    source.values.set('a|visa', row);
    await one.shop.price('a', 'visa');
    await expect(two.shop.price('a', 'visa')).resolves.toStrictEqual(row);
    expect(source.loads).toBe(1);
  });

  it('keeps calls apart whose arguments only look alike', async () => {
    const { shop } = await startProcess();
    for (const [shopName, product] of [
      ['a:b', 'c'],
      ['a', 'b:c'],
      ['a', 'b'],
      ['a*', 'b'],
    ] as const) {
      source.values.set(`${shopName}|${product}`, `${shopName} ${product}`);
      await expect(shop.price(shopName, product)).resolves.toBe(`${shopName} ${product}`);
    }
    await expect(shop.price('a:b', 'c')).resolves.toBe('a:b c');
    expect(source.loads).toBe(4);
  });

  it('is not kept when there was nothing or an error', async () => {
    const { shop } = await startProcess();
    await expect(shop.price('a', 'visa')).resolves.toBeUndefined();
    source.gate = Promise.reject(new Error('the source is away'));
    await expect(shop.price('a', 'visa')).rejects.toThrow('the source is away');
    source.gate = Promise.resolve();
    source.values.set('a|visa', null);
    await expect(shop.price('a', 'visa')).resolves.toBeNull();
    await expect(shop.price('a', 'visa')).resolves.toBeNull();
    expect(source.loads).toBe(3);
  });

  it('cannot be changed by one of its readers', async () => {
    const { shop } = await startProcess();
    source.values.set('a|visa', { tags: ['x'] });
    const got = (await shop.price('a', 'visa')) as { tags: string[] };
    expect(() => got.tags.push('y')).toThrow(TypeError);
  });
});

describe('after an eviction', () => {
  it('no process serves the old value, and what was not meant stays', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    for (const name of ['a|visa', 'b|visa']) source.values.set(name, 'old');
    for (const { shop } of [one, two]) for (const name of ['a', 'b']) await shop.price(name, 'visa');
    await one.shop.change('a', 'new');
    await expect(one.shop.price('a', 'visa')).resolves.toBe('new');
    await until(
      async () => await two.shop.price('a', 'visa'),
      (value) => value === 'new',
      trustMs,
    );
    expect(source.loads).toBe(3);
    await two.shop.changeAll('newest');
    await expect(two.shop.price('b', 'visa')).resolves.toBe('newest');
    await until(
      async () => [await one.shop.price('a', 'visa'), await one.shop.price('b', 'visa')],
      (values) => values.every((value) => value === 'newest'),
      trustMs,
    );
  });

  it('a load that began before it writes nothing, and later callers do not wait for it', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    const slow = Promise.withResolvers<void>();
    source.values.set('a|visa', 'old');
    source.gate = slow.promise;
    const before = one.shop.price('a', 'visa');
    await until(
      async () => source.loads,
      (loads) => loads === 1,
    );
    source.gate = Promise.resolve();
    await one.shop.change('a', 'new');
    await expect(one.shop.price('a', 'visa')).resolves.toBe('new');
    slow.resolve();
    await expect(before).resolves.toBe('old');
    await expect(two.shop.price('a', 'visa')).resolves.toBe('new');
    await afterTrust();
    await expect(one.shop.price('a', 'visa')).resolves.toBe('new');
  });

  it('nothing old comes back when the server forgets versions by itself', async () => {
    const { shop } = await startProcess();
    source.values.set('a|visa', 'old');
    await shop.price('a', 'visa');
    await shop.change('a', 'new');
    for (const name of ['generation', 'version:a']) await redis.redis.del(`visapi:cache:{price}:${name}`);
    await expect(shop.price('a', 'visa')).resolves.toBe('new');
    expect(await entries()).toBe(1);
  });

  it('by facts, reads of the thing and its lists are read anew and no other', async () => {
    const { shop, cache } = await startProcess();
    const read = async () => await Promise.all([shop.other('1'), shop.other('2'), shop.list({ page: 1 })]);
    for (const name of ['1', '2', '{"page":1}']) source.values.set(name, 'old');
    await read();
    for (const name of ['1', '2', '{"page":1}']) source.values.set(name, 'new');
    await cache.changed('thing', ['1', '1']);
    await expect(read()).resolves.toEqual(['new', 'old', 'new']);
  });
});

describe('a value that was put', () => {
  it('is what every process reads, and older loads do not undo it', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    const slow = Promise.withResolvers<void>();
    source.values.set('a|visa', 'old');
    source.gate = slow.promise;
    const before = two.shop.price('a', 'visa');
    await until(
      async () => source.loads,
      (loads) => loads === 1,
    );
    source.gate = Promise.resolve();
    await expect(one.shop.setPrice('a', 'visa')).resolves.toBe('put');
    slow.resolve();
    await before;
    await afterTrust();
    await expect(two.shop.price('a', 'visa')).resolves.toBe('put');
    expect(source.loads).toBe(2);
  });

  it('is not kept when somebody evicted it meanwhile', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    const slow = Promise.withResolvers<void>();
    source.gate = slow.promise;
    const putting = one.shop.setPrice('a', 'visa');
    await until(
      async () => source.loads,
      (loads) => loads === 1,
    );
    await two.shop.change('a', 'later');
    source.gate = Promise.resolve();
    slow.resolve();
    await putting;
    await expect(two.shop.price('a', 'visa')).resolves.toBe('later');
    await afterTrust();
    await expect(one.shop.price('a', 'visa')).resolves.toBe('later');
  });
});

describe('on a server that others use', () => {
  it('flushing and a full budget leave foreign keys alone, and every key of ours ends by itself', async () => {
    const { shop, cache } = await startProcess();
    await redis.redis.mset({ 'visapi:orders:wait': '1', 'price:a': '1', 'visapi:cachet': '1' });
    for (let index = 0; index < 200; index += 1) {
      source.values.set(`a|${index}`, 'x'.repeat(2 * kilobyte));
      await shop.price('a', String(index));
    }
    await shop.other('1');
    const own = await redis.redis.keys('visapi:cache:*');
    expect(own.length).toBeGreaterThan(10);
    for (const key of own) expect(await redis.redis.pttl(key)).toBeGreaterThan(0);
    await cache.flushAll();
    source.loads = 0;
    await shop.price('a', '199');
    expect(source.loads).toBe(1);
    await expect(redis.redis.mget('visapi:orders:wait', 'price:a', 'visapi:cachet')).resolves.toEqual([
      '1',
      '1',
      '1',
    ]);
  });

  it('a family never holds more than its budget, and what it holds is what it says', async () => {
    const processes = [await startProcess(), await startProcess()];
    const held = async () => {
      const names = await redis.redis.keys('visapi:cache:{price}:entry:*');
      const sizes = await Promise.all(names.map((name) => redis.redis.strlen(name)));
      return sizes.reduce((sum, size) => sum + size, 0);
    };
    for (let index = 0; index < 150; index += 1)
      source.values.set(`a|${index}`, 'x'.repeat(1 + (index % 5) * 1_500));
    for (let round = 0; round < 150; round += 10) {
      const asked = Array.from({ length: 20 }, (_, index) => String((round + index) % 150));
      await Promise.all(
        asked.map(async (product, index) => await processes[index % 2]?.shop.price('a', product)),
      );
      expect(await held()).toBeLessThanOrEqual(families.price.budgetBytes);
    }
    const stats = (await processes[0]?.cache.getStats())?.find(({ family }) => family === 'price');
    expect(stats?.redis?.bytes).toBeLessThanOrEqual(families.price.budgetBytes);
    expect(stats?.redis?.bytes).toBeGreaterThan(await held());
    expect(stats?.redis?.entries).toBe(await entries());
  });

  it('does not keep what is bigger than the budget of its family', async () => {
    const { shop } = await startProcess();
    const noise = Buffer.from(Array.from({ length: 70 * kilobyte }, () => Math.random() * 256));
    source.values.set('a|visa', noise);
    await expect(shop.price('a', 'visa')).resolves.toEqual(noise);
    expect(await entries()).toBe(0);
  });
});

describe('the service', () => {
  it('says how often it served, from which tier, and what is held', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    source.values.set('a|visa', 'x');
    for (let index = 0; index < 3; index += 1) await one.shop.price('a', 'visa');
    await two.shop.price('a', 'visa');
    const statsOf = async ({ cache }: { cache: CacheService }) => (await cache.getStats())[0];
    const redisHolds = { bytes: expect.any(Number), entries: 1 };
    await expect(statsOf(one)).resolves.toEqual({
      family: 'price',
      hits: { memory: 2, redis: 0 },
      misses: 1,
      ratio: 2 / 3,
      memoryEntries: 1,
      redis: redisHolds,
      budgetBytes: families.price.budgetBytes,
    });
    await expect(statsOf(two)).resolves.toMatchObject({ hits: { memory: 0, redis: 1 }, misses: 0, ratio: 1 });
  });

  it('forgets by pattern, and refuses one it does not know', async () => {
    const { shop, cache } = await startProcess();
    source.values.set('a|visa', 'x').set('b|visa', 'x');
    const read = async () => await Promise.all([shop.price('a', 'visa'), shop.price('b', 'visa')]);
    await read();
    await cache.deleteByPattern('price:a:*');
    await read();
    expect(source.loads).toBe(3);
    await expect(cache.deleteByPattern('prices:*')).rejects.toMatchObject({ category: 'invalid' });
  });
});
