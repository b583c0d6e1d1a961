import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, takeTestRedis, type TestDatabase, until } from '@visapi/backend-testing';
import { factsOf, type KeyBackend, seedKeys, startKeyBackend } from './key-backend.js';
import { isMisspelt } from '../src/api-key.js';

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
const backends: KeyBackend[] = [];

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  await seedKeys(test, { admin: ['admin'], manager: ['keys:*', 'orders:*'] });
  for (let n = 0; n < 2; n += 1) backends.push(await startKeyBackend(test, redis.url));
});
afterAll(async () => {
  await Promise.all(backends.map((backend) => backend.close()));
  await redis.close();
  await test.drop();
});

const [first, second] = [() => backends[0] as KeyBackend, () => backends[1] as KeyBackend];
async function given(body: object = {}) {
  const wish = { name: 'Partner', scopes: ['keys:read'], ...body };
  return (await first().ask('POST', 'api-keys', 'admin.s3cret', { body: wish })).data;
}
const rotate = async (id: string, body?: object, key = 'manager.s3cret') =>
  await first().ask('POST', `api-keys/${id}/rotate`, key, body ? { body } : {});
const statusOf = async (key: string, by = first()) => (await by.ask('GET', 'api-keys?perPage=1', key)).status;

describe('POST /api-keys/:id/rotate', () => {
  it('gives another secret under the same prefix, and lets the one before go on for a day', async () => {
    const before = await given();
    for (const by of backends) expect(await statusOf(before.key, by)).toBe(200);
    const { status, data, headers } = await rotate(before.id);
    expect(status).toBe(200);
    expect(data).toMatchObject({ id: before.id, prefix: before.prefix, expiresAt: before.expiresAt });
    expect(data.key).not.toBe(before.key);
    expect(isMisspelt(data.key)).toBe(false);
    expect(headers['cache-control']).toContain('no-store');
    const left = Date.parse(data.previousExpiresAt ?? '') - Date.now();
    expect(Math.round(left / 60_000)).toBe(24 * 60);
    for (const key of [data.key, before.key, data.key]) expect(await statusOf(key)).toBe(200);
    await until(
      async () => await statusOf(data.key, second()),
      (answer) => answer === 200,
      5_000,
    );
    expect(await statusOf(before.key, second())).toBe(200);
  });

  it('ends the secret before when the overlap is over, everywhere, and not the new one', async () => {
    const before = await given();
    const { data } = await rotate(before.id, { overlapSeconds: 1 });
    const everywhere = async () => await Promise.all(backends.map((by) => statusOf(before.key, by)));
    await until(everywhere, (answers) => answers.every((answer) => answer === 401), 5_000);
    for (const by of backends) expect(await statusOf(data.key, by)).toBe(200);
  });

  it('ends every earlier secret at once without an overlap', async () => {
    const before = await given();
    const next = await rotate(before.id);
    const last = await rotate(before.id, { overlapSeconds: 0 });
    expect(last.data.previousExpiresAt).toBeNull();
    expect(await Promise.all([before.key, next.data.key, last.data.key].map((key) => statusOf(key)))).toEqual(
      [401, 401, 200],
    );
  });

  it('answers 409 while an earlier secret goes on, and ends none of the two', async () => {
    const before = await given();
    const next = await rotate(before.id);
    const again = await rotate(before.id);
    expect(again.status).toBe(409);
    expect(again.error.details?.[0]?.message).toContain(next.data.previousExpiresAt ?? 'nothing');
    for (const key of [before.key, next.data.key]) expect(await statusOf(key)).toBe(200);
  });

  it('rotates a key that an installation brought with it, under its own prefix', async () => {
    await seedKeys(test, { brought: ['keys:read'] });
    const [row] = await test.query<{ id: string }>(`select id from api_keys where prefix = 'brought'`);
    const { data } = await rotate(row?.id ?? '');
    expect(data.key.startsWith('brought.')).toBe(true);
    for (const key of [data.key, 'brought.s3cret']) expect(await statusOf(key)).toBe(200);
  });

  it('keeps both secrets as hashes, and tells the history until when', async () => {
    const before = await given();
    const { data } = await rotate(before.id, { overlapSeconds: 60 });
    const rows = JSON.stringify(
      await test.query(`select row_to_json(k)::text as row from api_keys k
      union all select row_to_json(e)::text from events e`),
    );
    for (const key of [before.key, data.key]) expect(rows).not.toContain(key.slice(key.indexOf('.') + 1));
    const [, fact] = await factsOf(test, before.id);
    const payload = { previousExpiresAt: data.previousExpiresAt };
    expect(fact).toMatchObject({ type: 'api-key.rotated', version: 2, payload });
  });

  it('answers 403 for a key that may do more than the caller, who would get its secret', async () => {
    const { id, key } = await given({ scopes: ['keys:read', 'logs:read'] });
    const { status, error } = await rotate(id);
    expect([status, error.details]).toEqual([403, [{ path: 'scope', message: 'you do not hold logs:read' }]]);
    expect(await statusOf(key)).toBe(200);
  });

  it('answers 403 to a key bound to networks for one that is not', async () => {
    const bound = await given({ scopes: ['keys:*'], allowedNetworks: ['127.0.0.0/8'] });
    const free = await given();
    expect((await rotate(free.id, {}, bound.key)).status).toBe(403);
    expect((await rotate(bound.id, {}, bound.key)).status).toBe(200);
  });

  it.each([
    ['revoked', `revoked_at = now()`],
    ['expired', `expires_at = now() - interval '1 second'`],
  ])('answers 409 for a key that is %s', async (state, change) => {
    const { id } = await given();
    await test.query(`update api_keys set ${change} where id = $1`, [id]);
    const { status, error } = await rotate(id);
    expect(status).toBe(409);
    expect(error.message).toContain(state);
  });

  it.each([
    [{ overlapSeconds: -1 }],
    [{ overlapSeconds: 604_801 }],
    [{ overlapSeconds: 0.5 }],
    [{ overlap: 5 }],
  ])('answers 400 for %j', async (body) => {
    const { id } = await given();
    expect((await rotate(id, body)).status).toBe(400);
  });
});
