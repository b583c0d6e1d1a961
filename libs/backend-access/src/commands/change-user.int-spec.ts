import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { type Command, CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { heldScopes } from '@visapi/backend-kernel';
import { createTestContext, createTestDatabase, type TestDatabase } from '@visapi/backend-testing';
import type { Granter } from '../grants.js';
import { seedAdministrator } from '../seed.js';
import { UsersModule } from '../users.module.js';
import { ChangeRole } from './change-role.command.js';
import { ChangeUser } from './change-user.command.js';
import { CreateRole } from './create-role.command.js';
import { DeleteRole } from './delete-role.command.js';
import { RegisterUser } from './register-user.command.js';

let test: TestDatabase;
let app: INestApplicationContext;

beforeAll(async () => {
  test = await createTestDatabase();
  app = await createTestContext(test.url, [UsersModule]);
});
afterAll(async () => {
  await app.close();
  await test.drop();
});
beforeEach(async () => {
  await test.query(`delete from users; delete from roles where not built_in`);
});

const correlationId = 'asked';
const someKey = `key:${randomUUID()}`;
const by = (grants: readonly string[], actor = someKey): Granter & { reason: string } => ({
  ...{ actor, correlationId, ip: '192.0.2.1', reason: 'a new task' },
  scopes: heldScopes(grants),
});
const admin = by(['admin']);
const run = async <R>(command: Command<R>): Promise<R> => await app.get(CommandBus).execute(command);
const change = async (id: string, wish: { role?: string; disabled?: boolean }, who = admin) =>
  await run(new ChangeUser(id, wish, who));

async function signIn(email: string, id: string = randomUUID()): Promise<string> {
  await run(new RegisterUser(id, email, { actor: `user:${id}`, correlationId }));
  return id;
}

/** Somebody with this role. */
async function somebody(role: string): Promise<string> {
  const id = await signIn(`${randomUUID()}@example.test`);
  await test.query('update users set role = $2 where id = $1', [id, role]);
  return id;
}
const roleOf = async (id: string) => {
  const [row] = await test.query<{ role: string; disabled: boolean }>(
    'select role, disabled_at is not null as disabled from users where id = $1',
    [id],
  );
  return row;
};
/** A key that was given out by somebody, as the actor of what it asks. */
async function keyOf(maker: string): Promise<string> {
  const [row] = await test.query<{ id: string }>(
    `insert into api_keys (id, name, prefix, hashed_secret, scopes, created_by)
     values (gen_random_uuid(), 'a key', gen_random_uuid()::text, sha256('invented'), '{}', $1) returning id`,
    [maker],
  );
  return `key:${row?.id ?? ''}`;
}
const factsOf = async (id: string) =>
  await test.query<{ type: string; payload: unknown; actor: string }>(
    'select type, payload, actor from events where aggregate_id = $1 order by position',
    [id],
  );

describe('whoever signs in for the first time', () => {
  it('is a user with the role support, once, however often and from wherever it is told', async () => {
    const id = randomUUID();
    await Promise.all([1, 2, 3, 4, 5].map(() => signIn('Dana@Example.test', id)));
    await expect(test.query('select id, email, role from users')).resolves.toEqual([
      { id, email: 'dana@example.test', role: 'support' },
    ]);
    const facts = await factsOf(id);
    expect(facts).toEqual([{ type: 'user.registered', payload: { role: 'support' }, actor: `user:${id}` }]);
    expect(JSON.stringify(facts)).not.toContain('dana');
  });

  it('has no claim to the role of an account that had the address before', async () => {
    const gone = await signIn('dana@example.test');
    await test.query(`update users set role = 'admin' where id = $1`, [gone]);
    const made = await signIn('dana@example.test');
    await expect(roleOf(made)).resolves.toEqual({ role: 'support', disabled: false });
    await expect(factsOf(gone)).resolves.toContainEqual(
      expect.objectContaining({ type: 'user.changed', payload: { fields: ['email'] } }),
    );
  });

  it('stays outside when the account that had the address before was shut out', async () => {
    const gone = await signIn('dana@example.test');
    await change(gone, { disabled: true });
    await expect(roleOf(await signIn('dana@example.test'))).resolves.toMatchObject({ disabled: true });
  });

  it('keeps who they are when their address changes', async () => {
    const id = await signIn('dana@example.test');
    await signIn('noa@example.test', id);
    await expect(test.query('select id, email from users')).resolves.toEqual([
      { id, email: 'noa@example.test' },
    ]);
  });
});

describe('a user', () => {
  it('gets another role, is shut out and let in again, and the history says who did it and why', async () => {
    const id = await signIn('dana@example.test');
    await change(id, { role: 'analytics', disabled: true });
    await expect(roleOf(id)).resolves.toEqual({ role: 'analytics', disabled: true });
    await change(id, { disabled: false });
    await change(id, { disabled: false, role: 'analytics' });
    await expect(roleOf(id)).resolves.toEqual({ role: 'analytics', disabled: false });
    const reason = 'a new task';
    expect((await factsOf(id)).slice(1)).toEqual([
      {
        type: 'user.role-changed',
        payload: { from: 'support', to: 'analytics', reason },
        actor: someKey,
      },
      { type: 'user.disabled', payload: { reason }, actor: someKey },
      { type: 'user.enabled', payload: { reason }, actor: someKey },
    ]);
  });

  it('that nobody knows is not found, and a role that is none is refused', async () => {
    await expect(change(randomUUID(), { role: 'support' })).rejects.toMatchObject({ category: 'not-found' });
    const id = await somebody('support');
    await expect(change(id, { role: 'captain' })).rejects.toMatchObject({ category: 'unprocessable' });
  });

  it.each([
    ['admin', ['users:update', 'orders:*'], 'admin'],
    ['manager', ['users:update', 'orders:*'], 'keys:create'],
    ['support', ['users:update'], 'orders:read'],
  ])('gets the role %s only from somebody who holds all of it, not from %j', async (role, held, missing) => {
    await run(new CreateRole('nobody', { description: 'Nothing', permissions: [] }, admin));
    const user = await somebody('nobody');
    await expect(change(user, { role }, by(held))).rejects.toMatchObject({
      category: 'forbidden',
      details: expect.arrayContaining([{ path: 'scope', message: `you do not hold ${missing}` }]),
    });
    await expect(change(user, { role }, by([...held, 'admin']))).resolves.toMatchObject({ role });
  });

  it('who may do more than whoever asks is neither demoted nor shut out by them', async () => {
    const id = await somebody('admin');
    await somebody('admin');
    const manager = by(['users:*', 'orders:*', 'deliveries:*', 'messages:read', 'integrations:airtable:*']);
    for (const wish of [{ role: 'support' }, { disabled: true }])
      await expect(change(id, wish, manager)).rejects.toMatchObject({ category: 'forbidden' });
  });

  it('who is shut out is not let in, and nobody is raised, by a key that they gave out, or that such a key did', async () => {
    const manager = await somebody('manager');
    const [first, second] = [await keyOf(`user:${manager}`), await keyOf('seed')];
    const third = await keyOf(first);
    await change(manager, { disabled: true });
    for (const actor of [first, third])
      for (const wish of [{ disabled: false }, { role: 'support' }])
        await expect(change(manager, wish, by(['admin'], actor))).rejects.toMatchObject({
          category: 'forbidden',
          message: 'Nobody changes themselves by a key that they gave out.',
        });
    await expect(roleOf(manager)).resolves.toEqual({ role: 'manager', disabled: true });
    await change(await somebody('support'), { disabled: true }, by(['admin'], third));
    await change(manager, { disabled: false }, by(['admin'], second));
    await expect(roleOf(manager)).resolves.toEqual({ role: 'manager', disabled: false });
  });

  it('does not change their own role, not even to a smaller one', async () => {
    const id = await somebody('admin');
    await somebody('admin');
    const self = by(['admin'], `user:${id}`);
    await expect(change(id, { role: 'support' }, self)).rejects.toMatchObject({ category: 'forbidden' });
    await expect(change(id, { role: 'admin' }, self)).resolves.toMatchObject({ role: 'admin' });
  });
});

describe('the last administrator', () => {
  it.each([{ role: 'support' }, { disabled: true }])('stays one: %j is refused', async (wish) => {
    const id = await somebody('admin');
    const out = await somebody('admin');
    await change(out, { disabled: true });
    await expect(change(id, wish)).rejects.toMatchObject({ category: 'conflict' });
    await expect(roleOf(id)).resolves.toEqual({ role: 'admin', disabled: false });
    await change(out, { disabled: false });
    await expect(change(id, wish)).resolves.toBeDefined();
  });

  it('is left when all administrators are demoted at the same moment', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => somebody('admin')));
    const outcomes = await Promise.allSettled(ids.map((id) => change(id, { role: 'support' })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    await expect(test.query(`select id from users where role = 'admin'`)).resolves.toHaveLength(1);
  });

  it('is not lost with the permissions of a role either', async () => {
    await run(new CreateRole('owner', { description: 'Owners', permissions: ['admin'] }, admin));
    await somebody('owner');
    await expect(run(new ChangeRole('owner', { permissions: ['orders:read'] }, admin))).rejects.toMatchObject(
      {
        category: 'conflict',
      },
    );
    await somebody('admin');
    await run(new ChangeRole('owner', { permissions: ['orders:read'] }, admin));
  });
});

describe('a role', () => {
  const content = { description: 'Night shift', permissions: ['orders:read', 'messages:read'] };
  const roles = async () =>
    await test.query('select name, description, permissions from roles where not built_in');

  it('is made, changed and deleted, and the history says what it was given and lost', async () => {
    await run(new CreateRole('night', content, admin));
    await run(new ChangeRole('night', { permissions: ['orders:*', 'messages:read'] }, admin));
    await run(new ChangeRole('night', { permissions: ['orders:*', 'messages:read'] }, admin));
    await expect(roles()).resolves.toEqual([
      { name: 'night', description: 'Night shift', permissions: ['orders:*', 'messages:read'] },
    ]);
    await run(new DeleteRole('night', admin));
    await expect(roles()).resolves.toEqual([]);
    await run(new CreateRole('night', content, admin));
    const told = (await factsOf('night')).map(({ payload }) => payload);
    expect(told).toEqual([
      {
        change: 'created',
        fields: ['description', 'permissions'],
        granted: content.permissions,
        withdrawn: [],
      },
      { change: 'changed', fields: ['permissions'], granted: ['orders:*'], withdrawn: ['orders:read'] },
      { change: 'deleted', fields: [], granted: [], withdrawn: ['orders:*', 'messages:read'] },
      {
        change: 'created',
        fields: ['description', 'permissions'],
        granted: content.permissions,
        withdrawn: [],
      },
    ]);
  });

  it('cannot be made, filled, emptied or deleted by somebody who does not hold what it holds', async () => {
    await run(new CreateRole('night', content, admin));
    const small = by(['roles:update', 'orders:read']);
    for (const command of [
      new CreateRole('day', content, small),
      new ChangeRole('night', { description: 'Mine' }, small),
      new ChangeRole('night', { permissions: [] }, small),
      new DeleteRole('night', small),
    ])
      await expect(run(command)).rejects.toMatchObject({
        category: 'forbidden',
        details: [{ path: 'scope', message: 'you do not hold messages:read' }],
      });
  });

  it('that somebody holds, or that came with the system, is not deleted', async () => {
    await run(new CreateRole('night', content, admin));
    const id = await somebody('night');
    for (const name of ['night', 'analytics'])
      await expect(run(new DeleteRole(name, admin))).rejects.toMatchObject({ category: 'conflict' });
    await change(id, { role: 'support' });
    await run(new DeleteRole('night', admin));
    await expect(run(new DeleteRole('night', admin))).rejects.toMatchObject({ category: 'not-found' });
  });

  it('admin keeps everything', async () => {
    const wish = new ChangeRole('admin', { permissions: ['orders:read'] }, admin);
    await expect(run(wish)).rejects.toMatchObject({ category: 'conflict' });
    await expect(
      test.query(`update roles set permissions = '{}' where name = 'admin'`),
    ).rejects.toMatchObject({
      constraint: 'roles_admin_check',
    });
  });
});

describe('the administrator that an installation brings with it', () => {
  it('may do everything before signing in, whatever was before, and the seed may run again', async () => {
    const id = randomUUID();
    const seed = async () =>
      await seedAdministrator({ databaseUrl: test.ownerUrl, id, email: 'Admin@visapi.test' });
    const old = await signIn('admin@visapi.test');
    await seed();
    await seed();
    await expect(roleOf(id)).resolves.toEqual({ role: 'admin', disabled: false });
    await expect(factsOf(id)).resolves.toEqual([
      { type: 'user.registered', payload: { role: 'admin' }, actor: 'seed' },
    ]);
    await expect(roleOf(old)).resolves.toMatchObject({ role: 'support' });
    await test.query(`update users set role = 'support' where id = $1`, [id]);
    await seed();
    await expect(roleOf(id)).resolves.toMatchObject({ role: 'admin' });
  });
});
