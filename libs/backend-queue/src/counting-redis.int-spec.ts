import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createTestContext,
  createTestDatabase,
  openSilentWay,
  queueConfig,
  type SilentWay,
  takeTestRedis,
  type TestDatabase,
  until,
} from '@visapi/backend-testing';
import type { Redis } from 'ioredis';
import { countingRedis, CountingRedisModule } from './queue.module.js';

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let way: SilentWay;
let app: INestApplicationContext;

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  way = await openSilentWay(redis.url);
});
afterAll(async () => {
  await app.close();
  way.close();
  await redis.close();
  await test.drop();
});

describe('the Redis that callers are counted in', () => {
  it('keeps nobody waiting when it falls silent, and none longer than a moment when it is gone', async () => {
    app = await createTestContext(test.url, [CountingRedisModule.forRoot(queueConfig(way.url))]);
    const client = app.get<Redis>(countingRedis);
    await until(
      () => Promise.resolve(client.status),
      (status) => status === 'ready',
    );
    await expect(client.incr('counted')).resolves.toBe(1);
    way.silence();
    const begun = performance.now();
    await expect(client.incr('counted')).rejects.toThrow('timed out');
    way.close();
    await expect(client.incr('counted')).rejects.toThrow();
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
