import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@visapi/backend-testing';
import { mixedOrders } from './shop.js';
import { TestSystem } from './system.js';

const limit = 20;
let system: TestSystem;
beforeAll(async () => {
  const env = { RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_DEFAULT: String(limit) };
  system = await TestSystem.start({ apps: ['sandbox', 'backend'], backends: 2, env });
}, 60_000);
afterAll(async () => await system.close());

/** Answers to so many requests, each over a connection of its own, so that both processes get some. */
async function askOften(times: number, path: string, init: RequestInit = {}): Promise<Response[]> {
  const headers = { 'x-api-key': system.secrets.adminApiKey, connection: 'close' };
  const ask = () => fetch(`${system.urls.backend}/api/v1/${path}`, { headers, ...init });
  return await Promise.all(Array.from({ length: times }, ask));
}

const count = (answers: readonly { readonly status: number }[], status: number) =>
  answers.filter((answer) => answer.status === status).length;

async function postOrders(seed: number) {
  return await Promise.all(mixedOrders(seed, 3 * limit).map(({ body }) => system.shop.post(body)));
}

describe('two backends that limit their callers', () => {
  it('give one key one budget together, exactly, and tell whoever is refused when to come again', async () => {
    const answers = await askOften(3 * limit, 'orders');
    expect([count(answers, 200), count(answers, 429)]).toEqual([limit, 2 * limit]);
    const refused = answers.find(({ status }) => status === 429);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused?.headers.get('ratelimit-policy')).toBe(`"default";q=${limit};w=60`);
  });

  it('take orders without limit', async () => {
    expect(count(await postOrders(7), 200)).toBe(3 * limit);
  });

  it('take orders while Redis is silent or gone, answer reads within limits of their own, and let nobody sign in', async () => {
    system.redis.freeze();
    expect(count(await postOrders(8), 200)).toBe(3 * limit);
    const reads = await askOften(limit, 'users');
    expect(count(reads, 200) + count(reads, 429)).toBe(limit);
    system.redis.thaw();
    await system.redis.stop();
    const body = JSON.stringify({ email: 'noa@invented.example', password: 'wrong' });
    const signIn = async () => (await askOften(1, 'auth/signin', { method: 'POST', body }))[0];
    await until(signIn, (answer) => answer?.status === 503);
    expect(await (await signIn())?.text()).toContain('Signing in is not possible for a moment');
    expect(count(await postOrders(9), 200)).toBe(3 * limit);
  }, 60_000);
});
