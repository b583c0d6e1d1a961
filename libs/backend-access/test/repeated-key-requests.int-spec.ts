import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, takeTestRedis, type TestDatabase } from '@visapi/backend-testing';
import { factsOf, type KeyBackend, seedKeys, startKeyBackend } from './key-backend.js';

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let backend: KeyBackend;

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  await seedKeys(test, { admin: ['admin'] });
  backend = await startKeyBackend(test, redis.url);
});
afterAll(async () => {
  await backend.close();
  await redis.close();
  await test.drop();
});

const wish = { name: 'Partner', scopes: ['keys:read'] };
const post = async (path: string, key: string, body: object) =>
  await backend.ask('POST', path, 'admin.s3cret', { body, headers: { 'idempotency-key': key } });
const partners = async () =>
  await test.query<{ id: string }>(`select id from api_keys where name = 'Partner'`);
const typesOf = async (id: string) => (await factsOf(test, id)).map(({ type }) => type);

/** What is kept of repeated requests; bytes as text too, so that a secret would be seen in any column. */
const kept = async () =>
  JSON.stringify(await test.query(`select k::text, encode(body, 'escape') from idempotency_keys k`));

/** As if the process had been killed between its commit and its answer. */
async function answerLost(path: string, key: string, body: object) {
  await test.query('revoke update (state) on idempotency_keys from visapi_app');
  const lost = await post(path, key, body);
  await test.query('grant update (state) on idempotency_keys to visapi_app');
  await test.query('update idempotency_keys set locked_until = now()');
  expect(lost.status).toBe(503);
  expect(lost.text).not.toMatch(/visapi_/);
}

describe('giving out an API key with an Idempotency-Key', () => {
  it('makes one, shows it once, and keeps its id alone', async () => {
    const first = await post('api-keys', 'k-1', wish);
    const again = await post('api-keys', 'k-1', wish);
    expect([first.status, again.status]).toEqual([201, 409]);
    expect(again.error).toMatchObject({ code: 'CONFLICT', id: first.data.id });
    expect(again.text).not.toContain(first.data.key);
    expect(await partners()).toEqual([{ id: first.data.id }]);
    const [, secret = ''] = first.data.key.split('.');
    expect(await kept()).toContain(first.data.id);
    expect(await kept()).not.toContain(secret);
  });

  it('makes one also when nobody heard of it, and says which', async () => {
    const before = await partners();
    await answerLost('api-keys', 'k-2', wish);
    const [made, ...more] = (await partners()).filter(({ id }) => !before.some((one) => one.id === id));
    expect(more).toEqual([]);
    await expect(post('api-keys', 'k-2', wish)).resolves.toMatchObject({
      status: 409,
      error: { id: made?.id },
    });
    expect(await partners()).toHaveLength(before.length + 1);
  });

  it('that was refused may be asked for again', async () => {
    const unknown = { ...wish, scopes: ['nothing:known'] };
    await expect(post('api-keys', 'k-3', unknown)).resolves.toMatchObject({ status: 400 });
    await expect(post('api-keys', 'k-3', wish)).resolves.toMatchObject({ status: 201 });
  });
});

describe('rotating an API key with an Idempotency-Key', () => {
  it('gives one secret, which a repeat does not end', async () => {
    const { data } = await post('api-keys', 'k-4', wish);
    const path = `api-keys/${data.id}/rotate`;
    const first = await post(path, 'k-5', {});
    await expect(post(path, 'k-5', {})).resolves.toMatchObject({ status: 409, error: { id: data.id } });
    expect((await backend.ask('GET', 'api-keys?perPage=1', first.data.key)).status).toBe(200);
    expect(await typesOf(data.id)).toEqual(['api-key.created', 'api-key.rotated']);
  });

  it('rotates once also when nobody heard of it', async () => {
    const { data } = await post('api-keys', 'k-6', wish);
    const path = `api-keys/${data.id}/rotate`;
    await answerLost(path, 'k-7', {});
    await expect(post(path, 'k-7', {})).resolves.toMatchObject({ status: 409, error: { id: data.id } });
    expect(await typesOf(data.id)).toEqual(['api-key.created', 'api-key.rotated']);
  });
});

describe('making a role with an Idempotency-Key', () => {
  it('makes one also when nobody heard of it, and tells of it as if it were made now', async () => {
    const role = { name: 'auditor', description: 'reads the books', permissions: ['audit:read'] };
    await answerLost('roles', 'k-8', role);
    await expect(post('roles', 'k-8', role)).resolves.toMatchObject({ status: 201, data: role });
    const told = await test.query(
      `select from events where aggregate_type = 'role' and aggregate_id = 'auditor'`,
    );
    expect(told).toHaveLength(1);
  });
});
