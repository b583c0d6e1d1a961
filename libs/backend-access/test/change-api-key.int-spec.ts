import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, takeTestRedis, type TestDatabase } from '@visapi/backend-testing';
import { factsOf, type KeyBackend, seedKeys, startKeyBackend } from './key-backend.js';

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let backend: KeyBackend;

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  await seedKeys(test, { admin: ['admin'], manager: ['keys:*', 'orders:*'], reader: ['keys:read'] });
  backend = await startKeyBackend(test, redis.url);
});
afterAll(async () => {
  await backend.close();
  await redis.close();
  await test.drop();
});

async function given(body: object = {}) {
  const wish = { name: 'Partner', scopes: ['orders:read', 'keys:read'], ...body };
  return (await backend.ask('POST', 'api-keys', 'admin.s3cret', { body: wish })).data;
}
const change = async (id: string, body: object, key = 'manager.s3cret') =>
  await backend.ask('PATCH', `api-keys/${id}`, key, { body });

describe('PATCH /api-keys/:id', () => {
  it('changes what is named and leaves the rest, and the key does so from then on', async () => {
    const { id, key, expiresAt } = await given();
    expect((await backend.ask('GET', 'api-keys', key)).status).toBe(200);
    const { status, data } = await change(id, { name: 'Other partner', scopes: ['orders:read'] });
    expect(status).toBe(200);
    expect(data).toMatchObject({ name: 'Other partner', scopes: ['orders:read'], expiresAt });
    expect((await backend.ask('GET', 'api-keys', key)).status).toBe(403);
  });

  it('tells the history which fields, the scopes among them, and nothing when nothing is new', async () => {
    const { id, name } = await given();
    await change(id, { name: 'Other', scopes: ['orders:write'], allowedNetworks: ['203.0.113.7'] });
    await change(id, { name: 'Other' });
    const facts = await factsOf(test, id);
    expect(facts.map(({ type, version, payload }) => ({ type, version, payload }))).toMatchObject([
      { type: 'api-key.created' },
      {
        type: 'api-key.changed',
        version: 2,
        payload: { fields: ['name', 'scopes', 'allowedNetworks'], scopes: ['orders:write'] },
      },
    ]);
    expect(JSON.stringify(facts)).not.toContain(name);
  });

  it('brings an expired key back when it is given more time', async () => {
    const { id, key } = await given();
    await test.query(`update api_keys set expires_at = now() - interval '1 second' where id = $1`, [id]);
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    expect((await change(id, { expiresAt })).data).toMatchObject({ state: 'live', expiresAt });
    expect((await backend.ask('GET', 'api-keys', key)).status).toBe(200);
  });

  it.each([
    ['that may do more than the caller', { scopes: ['logs:read'] }, { name: 'mine now' }],
    ['to do more than the caller may', {}, { scopes: ['orders:read', 'logs:read'] }],
    ['to do everything', {}, { scopes: ['admin'] }],
    ['to live for ever', {}, { expiresAt: null }],
    ['to live for longer than a year', {}, { expiresAt: '2199-01-01T00:00:00Z' }],
  ])('answers 403 and changes nothing when it is to change a key %s', async (_name, body, wish) => {
    const before = await given(body);
    expect((await change(before.id, wish)).status).toBe(403);
    const { key: _key, ...told } = before;
    expect((await backend.ask('GET', `api-keys/${before.id}`, 'reader.s3cret')).data).toEqual(told);
  });

  it('does not let a key give itself more, nor out of its networks', async () => {
    const self = await given({ scopes: ['keys:update', 'orders:read'], allowedNetworks: ['127.0.0.0/8'] });
    for (const wish of [
      { scopes: ['keys:update', 'orders:write'] },
      { scopes: ['admin'] },
      { allowedNetworks: [] },
    ])
      expect((await change(self.id, wish, self.key)).status).toBe(403);
    expect((await change(self.id, { name: 'renamed' }, self.key)).status).toBe(200);
  });

  it.each([
    [{}, /what is to be changed/],
    [{ scopes: [] }, /at least one scope/],
    [{ prefix: 'mine' }, /no prefix here/],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, /in the future/],
  ])('answers 400 that says what would be right: %j', async (body, words) => {
    const { id } = await given();
    const { status, error } = await change(id, body);
    expect(status).toBe(400);
    expect((error.details ?? []).map(({ message }) => message).join('; ')).toMatch(words);
  });

  it('answers 404 for one that is not there, and 409 for one that was revoked', async () => {
    expect((await change('00000000-0000-4000-8000-000000000000', { name: 'x' })).status).toBe(404);
    const { id } = await given();
    await backend.ask('DELETE', `api-keys/${id}`, 'manager.s3cret');
    expect((await change(id, { name: 'x' })).status).toBe(409);
  });
});
