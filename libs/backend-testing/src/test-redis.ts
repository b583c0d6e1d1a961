import { Redis } from 'ioredis';

/** An emptied Redis of this test process alone: each jest worker has a logical database of its own. */
export async function takeTestRedis(): Promise<{ url: string; redis: Redis; close(): Promise<void> }> {
  const base = process.env['TEST_REDIS_URL'];
  if (base === undefined) throw new Error('TEST_REDIS_URL is not set: run the tests with npm test');
  const url = `${base.replace(/\/\d*$/, '')}/${process.env['JEST_WORKER_ID'] ?? '1'}`;
  const redis = new Redis(url);
  await redis.flushdb();
  return {
    url,
    redis,
    close: async () => {
      await redis.quit();
    },
  };
}
