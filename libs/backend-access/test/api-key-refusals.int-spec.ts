import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Clock } from '@visapi/backend-kernel';
import { ApiKeysRepository } from '@visapi/backend-repositories/access';
import { BatchOperationsService } from '@visapi/backend-repositories/batch';
import { LogsRepository } from '@visapi/backend-repositories/operations';
import {
  createTestDatabase,
  quietLog,
  takeTestRedis,
  type TestDatabase,
  until,
} from '@visapi/backend-testing';
import type { FastifyRequest } from 'fastify';
import { type Key, type KeyBackend, pepper, seedKeys, startKeyBackend } from './key-backend.js';
import { newPrefix, newSecret } from '../src/api-key.js';
import { ApiKeyAuthenticator } from '../src/http/api-key.authenticator.js';

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let backend: KeyBackend;
let partner: Key;

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  await seedKeys(test, { admin: ['admin'], expired: ['keys:read'], revoked: ['keys:read'] });
  await test.query(`update api_keys set expires_at = now() - interval '1 second' where prefix = 'expired'`);
  await test.query(`update api_keys set revoked_at = now() where prefix = 'revoked'`);
  backend = await startKeyBackend(test, redis.url, '10.0.0.0/8');
  partner = await give({});
});
afterAll(async () => {
  await backend.close();
  await redis.close();
  await test.drop();
});

async function give(more: object): Promise<Key> {
  const body = { name: 'Partner', scopes: ['keys:read'], ...more };
  return (await backend.ask('POST', 'api-keys', 'admin.s3cret', { body })).data;
}
const invented = () => {
  const prefix = newPrefix('test');
  return `${prefix}.${newSecret(prefix)}`;
};
const swapped = (key: string) => key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A');

describe('a bad key', () => {
  it.each([
    ['invented, with a right checksum', invented],
    ['ours with the last character changed', () => swapped(partner.key)],
    [
      'ours with another secret whose checksum is right',
      () => `${partner.prefix}.${newSecret(partner.prefix)}`,
    ],
    ['ours with a short secret', () => partner.key.slice(0, -1)],
    ['ours with a long secret', () => `${partner.key}A`],
    ['ours in other letters', () => partner.key.toUpperCase()],
    ['of another environment', () => partner.key.replace('_test_', '_live_')],
    ['expired', () => 'expired.s3cret'],
    ['revoked', () => 'revoked.s3cret'],
    ['with a known prefix and a wrong secret', () => 'admin.s3cres'],
    ['with a prefix that holds SQL', () => `admin' or '1'='1.s3cret`],
    ['with a prefix of the prototype', () => '__proto__.constructor'],
    ['with a prefix that names a cache key', () => 'api-key:*.s3cret'],
  ])('is refused as 401 in one and the same words: %s', async (_name, key) => {
    const { status, error, headers, text } = await backend.ask('GET', 'api-keys', key());
    expect(status).toBe(401);
    expect(error).toEqual({ code: 'UNAUTHENTICATED', message: 'This API key is not valid.' });
    expect(headers['content-type']).toContain('application/json');
    expect(Object.keys(JSON.parse(text) as object)).toEqual(['success', 'error', 'meta']);
  });

  it.each([
    ['none', ''],
    ['a word', 'word'],
    ['a prefix alone', 'admin.'],
    ['a secret alone', '.s3cret'],
    ['one of 9 kB', `admin.${'x'.repeat(9_000)}`],
  ])('is refused as 401 that says what a key looks like: %s', async (_name, key) => {
    const { status, error } = await backend.ask('GET', 'api-keys', key);
    expect([status, error.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(error.message).toMatch(/X-API-Key|<prefix>\.<secret>/);
  });

  it('costs the same keyed hash whether it is unknown, misspelt, known with a wrong secret, expired or revoked', async () => {
    let hashes = 0;
    const counted = {
      get pepper(): string {
        hashes += 1;
        return pepper;
      },
    };
    const [keys, logs] = [new ApiKeysRepository(), new LogsRepository()];
    const { database } = test;
    const batches = new BatchOperationsService({ database, keys, logs, log: quietLog });
    const by = new ApiKeyAuthenticator(counted, { database, keys, batches }, new Clock(), quietLog);
    const costOf = async (key: string): Promise<number> => {
      hashes = 0;
      const request = { headers: { 'x-api-key': key } } as unknown as FastifyRequest;
      await by.authenticate(request).catch(() => undefined);
      return hashes;
    };
    const wrong = [
      invented(),
      swapped(partner.key),
      `${partner.prefix}.${newSecret(partner.prefix)}`,
      'admin.s3cres',
    ];
    for (const key of [...wrong, 'expired.s3cret', 'revoked.s3cret', partner.key])
      expect(await costOf(key)).toBe(1);
  });
});

describe('a flood of bad keys', () => {
  it('costs no look-up where keys are misspelt, and few statements where they are invented', async () => {
    await until(
      async () => await redis.redis.exists(`visapi:cache:{api-key}:entry:admin`),
      (held) => held === 1,
    );
    const [known, rows] = [
      jest.spyOn(ApiKeysRepository.prototype, 'knownOf'),
      jest.spyOn(ApiKeysRepository.prototype, 'findByPrefix'),
    ];
    const held = (await redis.redis.keys('*')).length;
    // Keys that exist are read anew now and then, whoever floods.
    const looked = async () => {
      const existing = await test.query<{ prefix: string }>('select prefix from api_keys');
      const prefixes = new Set(existing.map(({ prefix }) => prefix));
      return rows.mock.calls.filter(([, prefix]) => !prefixes.has(prefix));
    };
    const flood = async (make: () => string) => {
      known.mockClear();
      rows.mockClear();
      const answers = await Promise.all(
        Array.from({ length: 1_000 }, () => backend.ask('GET', 'api-keys', make())),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    };
    await flood(() => swapped(invented()));
    expect([known.mock.calls.length, await looked()]).toEqual([0, []]);
    await flood(invented);
    expect(known.mock.calls.length).toBeLessThan(60);
    expect(await looked()).toEqual([]);
    expect((await redis.redis.keys('*')).length).toBeLessThanOrEqual(held + 5);
    known.mockRestore();
    rows.mockRestore();
  }, 30_000);
});

describe('a key bound to networks', () => {
  const via = (...addresses: string[]) => ({ 'x-forwarded-for': addresses.join(', ') });

  it.each([
    ['its network', '203.0.113.7', {}, 200],
    ['its network, on a socket of both families', '::ffff:203.0.113.7', {}, 200],
    ['its network of IPv6', '2001:db8::7', {}, 200],
    ['another network', '198.51.100.7', {}, 403],
    ['another network of IPv6', '2001:db9::7', {}, 403],
    ['its network, as a trusted proxy saw', '10.1.2.3', via('203.0.113.7'), 200],
    ['another network, as a trusted proxy saw', '10.1.2.3', via('203.0.113.7', '198.51.100.7'), 403],
    ['another network, which says of itself that it is its own', '198.51.100.7', via('203.0.113.7'), 403],
  ])('from %s', async (_name, from, headers, wanted) => {
    const { key } = await give({ allowedNetworks: ['203.0.113.0/24', '2001:db8::/32'] });
    const { status, error } = await backend.ask('GET', 'api-keys', key, { from, headers });
    expect(status).toBe(wanted);
    if (wanted === 403)
      expect(error).toEqual({
        code: 'FORBIDDEN',
        message: 'This API key may not be used from your network.',
      });
  });

  it('tells nobody that it is bound who does not have its secret', async () => {
    const { prefix } = await give({ allowedNetworks: ['203.0.113.0/24'] });
    const { status } = await backend.ask('GET', 'api-keys', `${prefix}.${newSecret(prefix)}`, {
      from: '198.51.100.7',
    });
    expect(status).toBe(401);
  });
});

describe('uses of a key', () => {
  it('are told when its key is shown, once they were written down', async () => {
    const { id, key } = await give({});
    for (let n = 0; n < 3; n += 1) await backend.ask('GET', 'api-keys', key);
    await backend.app.get(BatchOperationsService).flushKeyUses();
    const { data } = await backend.ask('GET', `api-keys/${id}`, 'admin.s3cret');
    expect(data).toMatchObject({ useCount: 3 });
    expect(Date.now() - Date.parse(data.lastUsedAt ?? '')).toBeLessThan(60_000);
  });
});
