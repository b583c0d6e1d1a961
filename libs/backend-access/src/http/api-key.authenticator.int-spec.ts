import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CacheModule, keys } from '@visapi/backend-cache';
import { Authenticator } from '@visapi/backend-http';
import { type AppError, Clock } from '@visapi/backend-kernel';
import { BatchOperationsModule, Database } from '@visapi/backend-repositories';
import { ApiKeysRepository } from '@visapi/backend-repositories/access';
import { BatchOperationsService } from '@visapi/backend-repositories/batch';
import { LogsRepository } from '@visapi/backend-repositories/operations';
import {
  quietLog,
  quietProcess,
  createTestContext,
  createTestDatabase,
  takeTestRedis,
  type TestDatabase,
  until,
} from '@visapi/backend-testing';
import type { FastifyRequest } from 'fastify';
import { ALL_SCOPES, seedApiKeys } from '../seed.js';
import { AccessModule } from './access-http.module.js';
import { ApiKeyAuthenticator } from './api-key.authenticator.js';

const pepper = 'pepper-of-a-test';
let test: TestDatabase;
let authenticator: ApiKeyAuthenticator;

beforeAll(async () => {
  test = await createTestDatabase();
  await seed({ name: 'shop', key: 'vizi.s3cret', scopes: ['webhook:vizi'] });
  authenticator = authenticatorOn(test.database);
});
afterAll(async () => await test.drop());

function authenticatorOn(database: Database): ApiKeyAuthenticator {
  const [keyRows, logs, log] = [new ApiKeysRepository(), new LogsRepository(), quietLog];
  const batches = new BatchOperationsService({ database, keys: keyRows, logs, log });
  return new ApiKeyAuthenticator({ pepper }, { database, keys: keyRows, batches }, new Clock(), quietLog);
}

const seed = async (...keys: { name: string; key: string; scopes: readonly string[] }[]) =>
  await seedApiKeys({ databaseUrl: test.ownerUrl, pepper, keys });
const present = async (headers: Record<string, string>, by = authenticator) =>
  await by.authenticate({ headers } as unknown as FastifyRequest);

describe('an API key', () => {
  it.each([
    ['X-API-Key', { 'x-api-key': 'vizi.s3cret' }],
    ['Authorization: Bearer', { authorization: 'Bearer vizi.s3cret' }],
    ['a bearer in other letters', { authorization: 'bearer   vizi.s3cret' }],
    ['both, the first of them', { 'x-api-key': 'vizi.s3cret', authorization: 'Bearer other.key' }],
  ])('is recognised in %s', async (_name, headers) => {
    const principal = await present(headers);
    expect(principal).toMatchObject({ kind: 'api-key', label: 'vizi' });
    expect([...principal.scopes]).toEqual(['webhook:vizi']);
  });

  it.each([
    ['nothing', {}],
    ['an empty header', { 'x-api-key': '' }],
    ['another secret', { 'x-api-key': 'vizi.s3cres' }],
    ['a longer secret', { 'x-api-key': 'vizi.s3cret ' }],
    ['the prefix alone', { 'x-api-key': 'vizi' }],
    ['an empty secret', { 'x-api-key': 'vizi.' }],
    ['an unknown prefix', { 'x-api-key': 'nobody.s3cret' }],
    ['another scheme', { authorization: 'Basic dml6aTpzM2NyZXQ=' }],
    ['a huge key', { 'x-api-key': `${'v'.repeat(100_000)}.x` }],
    ['prototype keys', { 'x-api-key': '__proto__.constructor' }],
  ])('is refused as 401: %s', async (_name, headers) => {
    await expect(present(headers as Record<string, string>)).rejects.toMatchObject({
      category: 'unauthenticated',
    });
  });

  it('is refused when it has expired or was revoked', async () => {
    await seed(
      { name: 'old', key: 'old.s3cret', scopes: [] },
      { name: 'gone', key: 'gone.s3cret', scopes: [] },
    );
    await test.query(`update api_keys set expires_at = now() - interval '1 second' where prefix = 'old'`);
    await test.query(`update api_keys set revoked_at = now() where prefix = 'gone'`);
    for (const key of ['old.s3cret', 'gone.s3cret'])
      await expect(present({ 'x-api-key': key })).rejects.toMatchObject({ category: 'unauthenticated' });
  });

  it('that nobody could look up is not a wrong key: the database error is passed on', async () => {
    const gone = Database.open(
      { url: 'postgres://visapi_app:x@127.0.0.1:1/none', poolMax: 1 },
      'gone',
      () => undefined,
    );
    const lost = authenticatorOn(gone);
    await expect(present({ 'x-api-key': 'vizi.s3cret' }, lost)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    await gone.close();
  });

  it('holds no scope that this version does not know', async () => {
    await seed({ name: 'odd', key: 'odd.s3cret', scopes: ['orders:read', 'moon:land'] });
    expect([...(await present({ 'x-api-key': 'odd.s3cret' })).scopes]).toEqual(['orders:read']);
  });

  it('is kept as a keyed hash only', async () => {
    const rows = await test.query('select * from api_keys');
    expect(JSON.stringify(rows)).not.toContain('s3cret');
  });
});

describe('a cached API key', () => {
  const config = { redisUrl: undefined, ttlDefault: 300, ttlAuth: 900 };
  let redis: Awaited<ReturnType<typeof takeTestRedis>>;
  const open: INestApplicationContext[] = [];

  beforeAll(async () => {
    redis = await takeTestRedis();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((app) => app.close()));
  });
  afterAll(async () => await redis.close());

  async function startProcess(url = redis.url) {
    const modules = [
      CacheModule.forRoot(config, { url, publicUrl: undefined }, keys),
      BatchOperationsModule.forRoot(),
      AccessModule.forRoot({ pepper, keyExpiryDays: 90 }, quietProcess),
    ];
    const app = await createTestContext(test.url, modules);
    open.push(app);
    return app.get<ApiKeyAuthenticator>(Authenticator);
  }
  const answerOf = async (key: string, by: ApiKeyAuthenticator) =>
    await present({ 'x-api-key': key }, by).then(
      () => 'known',
      (error: AppError) => error.category,
    );

  it('is read from the database once, and before anybody asks', async () => {
    await seed({ name: 'warm', key: 'warm.s3cret', scopes: [] });
    const by = await startProcess();
    await until(
      async () => await redis.redis.exists('visapi:cache:{api-key}:entry:warm'),
      (held) => held === 1,
    );
    const reads = jest.spyOn(ApiKeysRepository.prototype, 'findByPrefix');
    for (let index = 0; index < 50; index += 1)
      await expect(present({ 'x-api-key': 'warm.s3cret' }, by)).resolves.toMatchObject({ label: 'warm' });
    expect(reads.mock.calls.filter(([, prefix]) => prefix === 'warm')).toEqual([]);
    reads.mockRestore();
  });

  it('is not read again because another one has changed, but when it is asked for', async () => {
    await seed(
      { name: 'idle', key: 'idle.s3cret', scopes: [] },
      { name: 'leaver', key: 'leaver.s3cret', scopes: [] },
    );
    const by = await startProcess();
    await expect(answerOf('leaver.s3cret', by)).resolves.toBe('known');
    const entryOf = (prefix: string) => redis.redis.exists(`visapi:cache:{api-key}:entry:${prefix}`);
    await until(
      async () => (await entryOf('idle')) + (await entryOf('leaver')),
      (held) => held === 2,
    );
    const reads = jest.spyOn(ApiKeysRepository.prototype, 'findByPrefix');
    await test.query(`update api_keys set revoked_at = now() where prefix = 'leaver'`);
    await until(
      async () => await answerOf('leaver.s3cret', by),
      (answer) => answer === 'unauthenticated',
      5_000,
    );
    // What is under way is done then.
    await Promise.all(open.splice(0).map((app) => app.close()));
    expect(reads.mock.calls.filter(([, prefix]) => prefix === 'idle')).toEqual([]);
    reads.mockRestore();
  });

  it('that was right a moment ago helps no wrong one, and both may come at once', async () => {
    await seed({ name: 'twin', key: 'twin.s3cret', scopes: [] });
    const by = await startProcess();
    const wrong = ['twin.s3cres', 'twin.', 'twin.s3cret2', 'twins.s3cret'];
    for (let again = 0; again < 2; again += 1) {
      const all = ['twin.s3cret', ...wrong, 'twin.s3cret'];
      await expect(Promise.all(all.map((key) => answerOf(key, by)))).resolves.toEqual([
        'known',
        ...wrong.map(() => 'unauthenticated'),
        'known',
      ]);
    }
  });

  it.each([
    ['is revoked', `revoked_at = now()`],
    ['gets another secret', `hashed_secret = sha256('other')`],
  ])('that %s by SQL is refused in every process within five seconds', async (_name, change) => {
    await seed({ name: 'short', key: 'short.s3cret', scopes: [] });
    const processes = [await startProcess(), await startProcess()];
    for (const by of processes) await expect(answerOf('short.s3cret', by)).resolves.toBe('known');
    await test.query(`update api_keys set ${change} where prefix = 'short'`);
    const everywhere = async () => await Promise.all(processes.map((by) => answerOf('short.s3cret', by)));
    await until(everywhere, (answers) => answers.every((answer) => answer === 'unauthenticated'), 5_000);
    await test.query(`update api_keys set revoked_at = null where prefix = 'short'`);
  });

  it('is recognised, and its revocation noticed, while Redis is away', async () => {
    await seed({ name: 'lone', key: 'lone.s3cret', scopes: [] });
    const by = await startProcess('redis://127.0.0.1:1');
    await expect(answerOf('lone.s3cret', by)).resolves.toBe('known');
    await test.query(`update api_keys set revoked_at = now() where prefix = 'lone'`);
    await until(
      async () => await answerOf('lone.s3cret', by),
      (answer) => answer === 'unauthenticated',
      5_000,
    );
  });
});

describe('the seed', () => {
  it('gives an existing prefix the new secret and scopes, and may run again', async () => {
    await seed({ name: 'again', key: 'again.first', scopes: [] });
    await seed({ name: 'again', key: 'again.second', scopes: ALL_SCOPES });
    const fresh = authenticatorOn(test.database);
    await expect(present({ 'x-api-key': 'again.first' }, fresh)).rejects.toMatchObject({
      category: 'unauthenticated',
    });
    expect((await present({ 'x-api-key': 'again.second' }, fresh)).scopes.size).toBe(ALL_SCOPES.length);
  });

  it('says which key has not the form', async () => {
    await expect(seed({ name: 'formless', key: 'formless', scopes: [] })).rejects.toThrow('formless');
  });
});
