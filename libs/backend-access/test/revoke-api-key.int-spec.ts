import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, takeTestRedis, type TestDatabase } from '@visapi/backend-testing';
import { factsOf, type KeyBackend, seedKeys, startKeyBackend } from './key-backend.js';

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
const backends: KeyBackend[] = [];

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  await seedKeys(test, { admin: ['admin'], remover: ['keys:delete'], reader: ['keys:read'] });
  for (let n = 0; n < 2; n += 1) backends.push(await startKeyBackend(test, redis.url));
});
afterAll(async () => {
  await Promise.all(backends.map((backend) => backend.close()));
  await redis.close();
  await test.drop();
});

const first = () => backends[0] as KeyBackend;
async function given() {
  const body = { name: 'Partner', scopes: ['keys:read', 'logs:read'] };
  return (await first().ask('POST', 'api-keys', 'admin.s3cret', { body })).data;
}
const revoke = async (id: string, by = 'remover') =>
  await first().ask('DELETE', `api-keys/${id}`, `${by}.s3cret`);

describe('DELETE /api-keys/:id', () => {
  it('ends a key for good, with the secret before it, also for somebody who holds less than the key', async () => {
    const before = await given();
    const { data: next } = await first().ask('POST', `api-keys/${before.id}/rotate`, 'admin.s3cret');
    const { status, data } = await revoke(before.id);
    expect([status, data.state]).toEqual([200, 'revoked']);
    for (const key of [before.key, next.key])
      expect((await first().ask('GET', 'api-keys', key)).status).toBe(401);
  });

  it('answers the same again, and tells the history once', async () => {
    const { id } = await given();
    const once = await revoke(id);
    const again = await revoke(id);
    expect([again.status, again.data]).toEqual([200, once.data]);
    expect((await factsOf(test, id)).map(({ type }) => type)).toEqual(['api-key.created', 'api-key.revoked']);
  });

  it('tells the history once when many revoke at the same moment', async () => {
    const { id } = await given();
    const answers = await Promise.all(Array.from({ length: 10 }, () => revoke(id)));
    expect(new Set(answers.map(({ status, data }) => `${status} ${data.revokedAt}`)).size).toBe(1);
    expect(await factsOf(test, id)).toHaveLength(2);
  });

  it('stops the key in every process within five seconds, while each is under load', async () => {
    const { id, key } = await given();
    let [isOver, revokedAt] = [false, Infinity];
    const lastAllowed: number[] = backends.map(() => 0);
    const counts = { before: 0, after: 0 };
    const load = backends.flatMap((backend, at) =>
      Array.from({ length: 4 }, async () => {
        while (!isOver) {
          const { status } = await backend.ask('GET', 'api-keys?perPage=1', key);
          const now = performance.now();
          if (status === 200) lastAllowed[at] = Math.max(lastAllowed[at] ?? 0, now);
          counts[now < revokedAt ? 'before' : 'after'] += 1;
          if (now > revokedAt + 5_500) isOver = true;
        }
      }),
    );
    // Asked until both have recognised it, so that both hold it.
    while (lastAllowed.includes(0)) await first().ask('GET', 'api-keys?perPage=1', 'reader.s3cret');
    await revoke(id);
    revokedAt = performance.now();
    await Promise.all(load);
    for (const at of lastAllowed) expect(at - revokedAt).toBeLessThan(5_000);
    expect(Math.min(counts.before, counts.after)).toBeGreaterThan(10);
  }, 20_000);

  it('answers 404 for one that is not there, and 403 without the scope', async () => {
    expect((await revoke('00000000-0000-4000-8000-000000000000')).status).toBe(404);
    expect((await revoke((await given()).id, 'reader')).status).toBe(403);
  });
});
