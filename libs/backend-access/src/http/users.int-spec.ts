import { randomUUID } from 'node:crypto';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHttpApp } from '@visapi/backend-http';
import { heldScopes, isGrant, SCOPES } from '@visapi/backend-kernel';
import {
  createTestDatabase,
  quietLog,
  quietProcess,
  type TestDatabase,
  testRoot,
} from '@visapi/backend-testing';
import { RegisterUser } from '../commands/register-user.command.js';
import { seedApiKeys } from '../seed.js';
import { AccessModule } from './access-http.module.js';

const pepper = 'pepper';
const http = { port: 0, host: '127.0.0.1', reusePort: false };
let test: TestDatabase;
let started: Awaited<ReturnType<typeof createHttpApp>>;

beforeAll(async () => {
  test = await createTestDatabase();
  const keys = [
    { name: 'all', key: 'all.s3cret', scopes: ['admin'] },
    { name: 'reader', key: 'reader.s3cret', scopes: ['users:read', 'roles:read'] },
    { name: 'writer', key: 'writer.s3cret', scopes: ['users:update', 'roles:update', 'orders:read'] },
  ];
  await seedApiKeys({ databaseUrl: test.ownerUrl, pepper, keys });
  const access = AccessModule.forRoot({ pepper, keyExpiryDays: 90 }, quietProcess);
  started = await createHttpApp(testRoot(test.url, [access]), { http, process: quietProcess }, quietLog);
});
afterAll(async () => {
  await started.close();
  await test.drop();
});

interface Answer {
  readonly status: number;
  readonly data: unknown;
  readonly pagination?: { readonly nextCursor?: string | null; readonly total?: number };
  readonly error?: { readonly code: string; readonly details?: readonly { path: string; message: string }[] };
}
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

async function ask(method: Method, path: string, body?: object, key = 'all.s3cret'): Promise<Answer> {
  const answer = await started.app.inject({
    method,
    url: `/api/v1/${path}`,
    headers: key === '' ? {} : { 'x-api-key': key },
    ...(body && { payload: JSON.stringify(body) }),
  });
  return { status: answer.statusCode, ...answer.json<Omit<Answer, 'status'>>() };
}

async function registered(email: string, id: string = randomUUID()): Promise<string> {
  const by = { actor: `user:${id}`, correlationId: 'test' };
  await started.app.get(CommandBus).execute(new RegisterUser(id, email, by));
  return id;
}

const someId = randomUUID();
const reason = 'a new task';
const role = { description: 'Night shift', permissions: ['orders:read'] };

describe('the routes of users and roles', () => {
  const routes: readonly (readonly [Method, string, object | undefined])[] = [
    ['GET', 'users', undefined],
    ['GET', `users/${someId}`, undefined],
    ['PATCH', `users/${someId}`, { role: 'support', reason }],
    ['GET', 'roles', undefined],
    ['GET', 'roles/support', undefined],
    ['POST', 'roles', { name: 'early', ...role }],
    ['PUT', 'roles/early', role],
    ['PATCH', 'roles/early', { permissions: ['orders:read'] }],
    ['DELETE', 'roles/early', undefined],
  ];

  it.each(routes)('ask who it is, and for the right scope: %s %s', async (method, path, body) => {
    await expect(ask(method, path, body, '')).resolves.toMatchObject({ status: 401 });
    const wrong = method === 'GET' ? 'writer.s3cret' : 'reader.s3cret';
    await expect(ask(method, path, body, wrong)).resolves.toMatchObject({
      status: 403,
      error: { code: 'FORBIDDEN' },
    });
    const right = await ask(method, path, body);
    expect([200, 201, 404]).toContain(right.status);
    expect(right.status === 404).toBe(path === `users/${someId}`);
  });

  it.each([
    ['PATCH', `users/${someId}`, { role: 'support' }, 'reason'],
    ['PATCH', `users/${someId}`, { reason }, 'role'],
    ['PATCH', `users/${someId}`, { role: 'Not A Role', reason }, 'role'],
    ['PATCH', `users/${someId}`, { disabled: 'yes', reason }, 'disabled'],
    ['PATCH', `users/${someId}`, { email: 'x@example.test', reason }, 'email'],
    ['PATCH', 'users/dana', { role: 'support', reason }, 'id'],
    ['GET', 'users?disabled=perhaps', undefined, 'disabled'],
    ['GET', 'users?rank=admin', undefined, 'rank'],
    ['POST', 'roles', { name: 'x', ...role }, 'name'],
    ['POST', 'roles', { name: 'night' }, 'permissions'],
    ['POST', 'roles', { name: 'night', description: '', permissions: [] }, 'description'],
    ['PATCH', 'roles/support', {}, 'permissions'],
    ['PUT', 'roles/support', { description: 'Half' }, 'permissions'],
  ] as const)('say what is wrong with %s %s %j', async (method, path, body, fault) => {
    const { status, error } = await ask(method, path, body);
    expect({ status, code: error?.code }).toEqual({ status: 400, code: 'VALIDATION_ERROR' });
    expect(error?.details?.some((detail) => detail.path.endsWith(fault))).toBe(true);
  });

  it('name a permission that is none, and those that there are', async () => {
    const permissions = ['orders:read', 'orders:fly', 'moon:land', 'moon:*'];
    const { status, error } = await ask('POST', 'roles', { name: 'odd', description: 'Odd', permissions });
    expect(status).toBe(400);
    const told = error?.details?.map(({ message }) => message).join('\n');
    expect(told).toContain(
      'there is no scope "orders:fly"; known are orders:read, orders:write, orders:operate',
    );
    expect(told).toContain('there is no scope "moon:*"; known are webhook:vizi');
  });
});

describe('users', () => {
  it('are listed, those first who came last, by role, address and state, page by page', async () => {
    const [dana, noa] = [await registered('dana@example.test'), await registered('noa@example.test')];
    await ask('PATCH', `users/${noa}`, { role: 'analytics', disabled: true, reason });
    const ids = async (query: string) => {
      const { data } = await ask('GET', `users${query}`);
      return (data as { id: string }[]).map(({ id }) => id);
    };
    await expect(ids('')).resolves.toEqual([noa, dana]);
    await expect(ids('?email=DANA@example.test')).resolves.toEqual([dana]);
    await expect(ids('?email=dana')).resolves.toEqual([]);
    await expect(ids('?role=analytics&disabled=true')).resolves.toEqual([noa]);
    await expect(ids('?disabled=false')).resolves.toEqual([dana]);
    const first = await ask('GET', 'users?cursor=&perPage=1');
    await expect(ids(`?cursor=${first.pagination?.nextCursor ?? 'none'}&perPage=1`)).resolves.toEqual([dana]);
    const { data } = await ask('GET', `users/${noa}`);
    expect(data).toMatchObject({ id: noa, email: 'noa@example.test', role: 'analytics', disabled: true });
  });

  it('are found by the address that they have, not by one that Auth has given to somebody else since', async () => {
    const owner = await registered('first@example.test');
    const before = await registered('shared@example.test');
    await registered('shared@example.test', owner);
    const { data } = await ask('GET', 'users?email=shared@example.test');
    expect(data).toMatchObject([{ id: owner }]);
    await expect(ask('GET', `users/${before}`)).resolves.toMatchObject({ status: 200 });
  });

  it('are changed only within what the key itself holds', async () => {
    const id = await registered('gil@example.test');
    await expect(
      ask('PATCH', `users/${id}`, { role: 'admin', reason }, 'writer.s3cret'),
    ).resolves.toMatchObject({
      status: 403,
    });
    await expect(ask('PATCH', `users/${id}`, { role: 'nowhere', reason })).resolves.toMatchObject({
      status: 422,
    });
  });
});

describe('the keys of somebody who is shut out', () => {
  it('go on, and the answer says how many they are and where they are listed', async () => {
    const id = await registered('left@example.test');
    const give = async (name: string, createdBy: string, more = {}) => {
      const columns = { expires_at: null, revoked_at: null, ...more };
      const [key] = await test.query<{ id: string }>(
        `insert into api_keys (id, name, prefix, hashed_secret, scopes, created_by, expires_at, revoked_at)
         values (gen_random_uuid(), $1, $1, sha256('x'), '{orders:read}', $2, $3, $4) returning id`,
        [name, createdBy, columns.expires_at, columns.revoked_at],
      );
      return key?.id ?? '';
    };
    const first = await give('shop', `user:${id}`);
    const second = await give('of shop', `key:${first}`);
    const third = await give('of that', `key:${second}`);
    const over = { expires_at: '2026-01-01', revoked_at: null };
    await give('over', `user:${id}`, over);
    await give('ended', `key:${first}`, { revoked_at: '2026-01-01' });
    await give('of somebody else', `user:${randomUUID()}`);
    const address = `/api/v1/api-keys?state=live&createdBy=user:${id}`;
    const liveKeys = { count: 3, address };
    await expect(ask('PATCH', `users/${id}`, { disabled: true, reason })).resolves.toMatchObject({
      data: { disabled: true, liveKeys },
    });
    await expect(ask('GET', `users/${id}`)).resolves.toMatchObject({ data: { liveKeys } });
    const listed = await ask('GET', address.replace('/api/v1/', ''));
    expect((listed.data as { id: string }[]).map((key) => key.id)).toEqual(
      [first, second, third].toSorted().toReversed(),
    );
    const expired = await ask('GET', `api-keys?state=expired&createdBy=user:${id}`);
    expect(expired.data).toMatchObject([{ name: 'over', createdBy: `user:${id}` }]);
  });

  it('are not asked for by a name', async () => {
    await expect(ask('GET', 'api-keys?createdBy=dana')).resolves.toMatchObject({
      status: 400,
      error: { details: [{ path: 'createdBy', message: expect.stringContaining('user:<id>') }] },
    });
  });
});

describe('roles', () => {
  it('that come with the system hold scopes that there are, each what its people need', async () => {
    const { data } = await ask('GET', 'roles', undefined, 'reader.s3cret');
    const roles = new Map(
      (data as { name: string; permissions: string[] }[]).map((each) => [each.name, each]),
    );
    expect([...roles.keys()]).toEqual(
      expect.arrayContaining(['admin', 'manager', 'developer', 'support', 'analytics']),
    );
    const held = (name: string) => heldScopes(roles.get(name)?.permissions ?? []);
    for (const { permissions } of roles.values())
      expect(permissions.filter((grant) => !isGrant(grant))).toEqual([]);
    expect(held('admin').size).toBe(SCOPES.length);
    // A manager appoints and dismisses these, which nobody can who does not hold what they hold.
    for (const name of ['support', 'analytics'])
      expect([...held(name)].filter((scope) => !held('manager').has(scope))).toEqual([]);
    for (const name of ['support', 'analytics', 'developer'])
      for (const scope of ['admin', 'privacy:read', 'users:update', 'roles:update', 'keys:create'] as const)
        expect({ name, scope, holds: held(name).has(scope) }).toEqual({ name, scope, holds: false });
  });

  it('are made with 201, replaced, changed in part and deleted; a name is taken once', async () => {
    const made = await ask('POST', 'roles', { name: 'night', ...role });
    expect(made).toMatchObject({ status: 201, data: { name: 'night', ...role, builtIn: false, users: 0 } });
    await expect(ask('POST', 'roles', { name: 'night', ...role })).resolves.toMatchObject({ status: 409 });
    const content = { description: 'Day shift', permissions: ['orders:*'] };
    await expect(ask('PUT', 'roles/night', content)).resolves.toMatchObject({ status: 200, data: content });
    const part = await ask('PATCH', 'roles/night', { description: 'Weekend' });
    expect(part.data).toMatchObject({ description: 'Weekend', permissions: ['orders:*'] });
    await expect(ask('DELETE', 'roles/night')).resolves.toMatchObject({ status: 200 });
    await expect(ask('GET', 'roles/night')).resolves.toMatchObject({ status: 404 });
    await expect(ask('DELETE', 'roles/support')).resolves.toMatchObject({ status: 409 });
  });
});
