import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { takeTestRedis } from '@visapi/backend-testing';
import { Lockout } from './lockout.js';

let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let lockout: Lockout;

beforeAll(async () => {
  redis = await takeTestRedis();
});
beforeEach(async () => {
  await redis.redis.flushdb();
  lockout = new Lockout(redis.redis, 'pepper');
});
afterAll(async () => await redis.close());

const [here, there] = ['203.0.113.7', '203.0.113.8'];
const dana = 'dana@visanet.app';

/** How tries end: undefined when the password may be looked at, else seconds to wait. */
async function guess(times: number, email = dana, address: string = here, by = lockout) {
  const ends: (number | undefined)[] = [];
  for (let n = 0; n < times; n += 1)
    ends.push(
      await by.take({ email, address }).then(
        () => undefined,
        (error: { category: string; retryAfterSeconds?: number }) => {
          if (error.category !== 'rate-limited') throw error;
          return error.retryAfterSeconds;
        },
      ),
    );
  return ends;
}
const passed = (ends: readonly unknown[]) => ends.filter((end) => end === undefined).length;

describe('wrong passwords', () => {
  it('are borne five times in a quarter of an hour, then nobody from there gets to try for this account', async () => {
    expect(await guess(5)).toEqual(Array(5).fill(undefined));
    const [sixth = 0, seventh = 0] = await guess(2);
    expect(sixth).toBe(900);
    expect(seventh).toBeGreaterThan(890);
    expect(await guess(1, 'DANA@visanet.app')).toEqual([expect.any(Number)]);
    expect(await guess(1, 'other@visanet.app')).toEqual([undefined]);
    expect(await guess(1, dana, there)).toEqual([undefined]);
  });

  it('are counted together by all processes, and parallel ones are no more than others', async () => {
    const second = new Lockout(redis.redis, 'pepper');
    const ends = await Promise.all([lockout, second, lockout, second].map((by) => guess(4, dana, here, by)));
    expect(passed(ends.flat())).toBe(5);
  });

  it('from many addresses lock the account, later than from one', async () => {
    const ends: (number | undefined)[] = [];
    for (let n = 0; n < 30; n += 1) ends.push(...(await guess(1, dana, `203.0.113.${n}`)));
    expect(passed(ends)).toBe(20);
  });

  it('for many accounts lock the address', async () => {
    const ends: (number | undefined)[] = [];
    for (let n = 0; n < 50; n += 1) ends.push(...(await guess(1, `user${n}@visanet.app`)));
    expect(passed(ends)).toBe(40);
    expect(await guess(1, 'user99@visanet.app', there)).toEqual([undefined]);
  });

  it('lock for twice as long each time, up to four hours', async () => {
    const locks: (number | undefined)[] = [];
    for (let round = 0; round < 6; round += 1) {
      locks.push((await guess(6)).at(-1));
      for (const name of await redis.redis.keys('visapi:lockout:*'))
        if (!name.includes(':locks:')) await redis.redis.del(name);
    }
    expect(locks).toEqual([900, 1_800, 3_600, 7_200, 14_400, 14_400]);
  });

  it('are forgiven by the right one', async () => {
    await guess(4);
    await lockout.forgive({ email: dana, address: here });
    expect(passed(await guess(6))).toBe(5);
  });

  it('of others lock nobody out from where the right one came lately, and no sign-in there gives them more tries', async () => {
    const home = { email: dana, address: '198.51.100.1' };
    await lockout.take(home);
    await lockout.forgive(home);
    const strangers = async () => {
      const ends: (number | undefined)[] = [];
      for (let n = 0; n < 30; n += 1) ends.push(...(await guess(1, dana, `203.0.113.${n}`)));
      return passed(ends);
    };
    expect(await strangers()).toBe(20);
    expect(await guess(1, dana, home.address)).toEqual([undefined]);
    await lockout.forgive(home);
    expect(await strangers()).toBe(0);
    expect(passed(await guess(8, dana, home.address))).toBe(5);
  });

  it('leave no address in Redis', async () => {
    await guess(7);
    const names = await redis.redis.keys('*');
    expect(names.length).toBeGreaterThan(3);
    expect(names.join()).not.toContain('dana');
  });

  it('cannot be tried at all while Redis is away: nobody would count', async () => {
    const away = redis.redis.duplicate({ lazyConnect: true, enableOfflineQueue: false });
    const alone = new Lockout(away, 'pepper');
    await expect(alone.take({ email: dana, address: here })).rejects.toMatchObject({
      category: 'unavailable',
    });
    away.disconnect();
  });
});
