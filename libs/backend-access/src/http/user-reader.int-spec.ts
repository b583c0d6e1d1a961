import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CacheModule, keys } from '@visapi/backend-cache';
import { heldScopes, newId } from '@visapi/backend-kernel';
import { UsersRepository } from '@visapi/backend-repositories/access';
import {
  createTestContext,
  createTestDatabase,
  takeTestRedis,
  type TestDatabase,
  until,
} from '@visapi/backend-testing';
import { ChangeRole } from '../commands/change-role.command.js';
import { ChangeUser } from '../commands/change-user.command.js';
import { UserReader } from './user-reader.js';
import { UsersHttpModule } from './users-http.module.js';

const config = { redisUrl: undefined, ttlDefault: 300, ttlAuth: 900 };
const admin = {
  actor: `key:${newId()}`,
  correlationId: 'test',
  reason: 'a test',
  scopes: heldScopes(['admin']),
};
let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
const open: INestApplicationContext[] = [];

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});
afterAll(async () => {
  await redis.close();
  await test.drop();
});

async function startProcess(url = redis.url) {
  const cache = CacheModule.forRoot(config, { url, publicUrl: undefined }, keys);
  const app = await createTestContext(test.url, [cache, UsersHttpModule]);
  open.push(app);
  return { users: app.get(UserReader), commands: app.get(CommandBus) };
}

async function known(users: UserReader): Promise<string> {
  const id = randomUUID();
  await users.register(id, `${id}@example.test`, { actor: `user:${id}`, correlationId: 'test' });
  return id;
}

describe('what a user may do', () => {
  it('is what the role holds, and nothing is known of whoever never signed in', async () => {
    const { users } = await startProcess();
    const id = randomUUID();
    await expect(users.find(id)).resolves.toBeUndefined();
    const registered = await users.register(id, 'Dana@example.test', {
      actor: 'user:x',
      correlationId: 'test',
    });
    expect(registered).toMatchObject({ id, email: 'dana@example.test', role: 'support', disabled: false });
    const found = await users.find(id);
    expect(found).toEqual(registered);
    expect(found?.scopes.has('orders:operate')).toBe(true);
    expect(found?.scopes.has('keys:create')).toBe(false);
  });

  it('is read from the database once for many requests', async () => {
    const { users } = await startProcess();
    const id = await known(users);
    await users.find(id);
    const reads = jest.spyOn(UsersRepository.prototype, 'findAccess');
    for (let again = 0; again < 50; again += 1) await users.find(id);
    expect(reads).not.toHaveBeenCalled();
    reads.mockRestore();
  });

  it.each([
    ['the user is disabled', `update users set disabled_at = now() where id = $1`],
    ['the user gets another role', `update users set role = 'analytics' where id = $1`],
    [
      'the role loses it',
      `update roles set permissions = '{deliveries:read}' where name = 'support' and $1 <> ''`,
    ],
  ])('is noticed in every process within five seconds when %s by SQL', async (_name, change) => {
    const processes = [await startProcess(), await startProcess()];
    const id = await known((await startProcess()).users);
    const may = async () =>
      await Promise.all(
        processes.map(async ({ users }) => {
          const user = await users.find(id);
          return user !== undefined && !user.disabled && user.scopes.has('orders:operate');
        }),
      );
    await expect(may()).resolves.toEqual([true, true]);
    await test.query(change.replace('$1', `'${id}'`));
    await until(may, (answers) => answers.every((answer) => !answer), 5_000);
    await test.query(
      `update roles set permissions = '{orders:read,orders:operate,deliveries:read,messages:read}' where name = 'support'`,
    );
  });

  it('is noticed at once where an administrator changes the user or the role', async () => {
    const { users, commands } = await startProcess();
    const id = await known(users);
    await users.find(id);
    await commands.execute(new ChangeUser(id, { disabled: true }, admin));
    await expect(users.find(id)).resolves.toMatchObject({ disabled: true });
    await commands.execute(new ChangeRole('support', { permissions: ['ledger:read'] }, admin));
    expect([...((await users.find(id))?.scopes ?? [])]).toEqual(['ledger:read']);
    const permissions = ['orders:read', 'orders:operate'];
    await commands.execute(new ChangeRole('support', { permissions }, admin));
  });

  it('is known, and a change noticed, while Redis is away', async () => {
    const { users } = await startProcess('redis://127.0.0.1:1');
    const id = await known(users);
    await expect(users.find(id)).resolves.toMatchObject({ disabled: false });
    await test.query('update users set disabled_at = now() where id = $1', [id]);
    await until(
      async () => await users.find(id),
      (user) => user?.disabled === true,
      5_000,
    );
  });
});
