import { describe, expect, it } from '@jest/globals';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { nestLogger, ObservabilityModule } from '@visapi/backend-observability';
import { quietLog, quietProcess } from '@visapi/backend-testing';
import { CacheModule } from './cache.module.js';
import { Cacheable, CacheEvict, CachePut } from './decorators.js';
import { defineFamily } from './family.js';

const size = { budgetBytes: 1_000, memoryEntries: 10 };
const families = {
  price: defineFamily({ name: 'price', parts: (shop: string, product: string) => [shop, product], ...size }),
  other: defineFamily({ name: 'other', parts: (id: string) => [id], ...size }),
};

class First {
  asked = 0;

  @Cacheable({ key: families.price })
  async price(_shop: string, _product: string): Promise<unknown> {
    this.asked += 1;
    return null;
  }

  @CachePut({ key: families.other })
  async other(_id: string): Promise<unknown> {
    return undefined;
  }
}

@Module({})
class Root {}

async function start(providers: readonly Type[], keys: object = families): Promise<void> {
  const config = { redisUrl: 'redis://127.0.0.1:1', ttlDefault: 300, ttlAuth: 900 };
  const imports = [
    ObservabilityModule.forRoot(quietProcess, quietLog),
    CacheModule.forRoot(config, { url: config.redisUrl, publicUrl: undefined }, keys),
  ];
  const app = await NestFactory.createApplicationContext(
    { module: Root, imports, providers: [First, ...providers] },
    { logger: nestLogger(quietLog), abortOnError: false },
  );
  await app.close();
}

describe('a decorated method', () => {
  it('runs as it is where no cache is mounted', async () => {
    const first = new First();
    for (const times of [1, 2]) {
      await first.price('a', 'visa');
      expect(first.asked).toBe(times);
    }
  });
});

describe('a start fails', () => {
  class Second {
    @Cacheable({ key: families.price })
    async read(_shop: string, _product: string): Promise<unknown> {
      return undefined;
    }
  }
  class Misspelt {
    @CacheEvict({ pattern: 'prices:*' })
    async change(): Promise<void> {
      return undefined;
    }
  }

  it('when two methods keep what they read under one family', async () => {
    await expect(start([Second])).rejects.toThrow(/price.* both keep what they read under price/);
  });

  it('when a pattern names no family', async () => {
    await expect(start([Misspelt])).rejects.toThrow('There is no family prices');
  });

  it('when a family is not among those of the process, or two have one name', async () => {
    await expect(start([], { price: families.price })).rejects.toThrow(/uses the key family (other|list)/);
    await expect(start([], { ...families, again: { ...families.price } })).rejects.toThrow(
      'Two key families have the name price',
    );
  });

  it('when a method has two cache decorators', () => {
    const method = { value: async (_id: string): Promise<unknown> => undefined };
    Cacheable({ key: families.other })({}, 'read', method);
    expect(() => CachePut({ key: families.other })({}, 'read', method)).toThrow('two cache decorators');
  });
});
