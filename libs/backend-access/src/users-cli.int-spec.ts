import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createHttpApp } from '@visapi/backend-http';
import {
  createTestDatabase,
  quietLog,
  quietProcess,
  type TestDatabase,
  testRoot,
} from '@visapi/backend-testing';
import { RegisterUser } from './commands/register-user.command.js';
import { AccessModule } from './http/access-http.module.js';
import { seedApiKeys } from './seed.js';

/** The very program that `npm run visapi` starts. */
const cli = join(import.meta.dirname, '../../../tools/cli/main.ts');
const http = { port: 0, host: '127.0.0.1', reusePort: false };
const pepper = 'pepper';
const id = randomUUID();
let test: TestDatabase;
let started: Awaited<ReturnType<typeof createHttpApp>>;
let url: string;

jest.setTimeout(60_000);

beforeAll(async () => {
  test = await createTestDatabase();
  const keys = [{ name: 'all', key: 'all.s3cret', scopes: ['admin'] }];
  await seedApiKeys({ databaseUrl: test.ownerUrl, pepper, keys });
  const access = AccessModule.forRoot({ pepper, keyExpiryDays: 90 }, quietProcess);
  started = await createHttpApp(testRoot(test.url, [access]), { http, process: quietProcess }, quietLog);
  url = await started.listen();
  const by = { actor: `user:${id}`, correlationId: 'test' };
  await started.app.get(CommandBus).execute(new RegisterUser(id, 'dana@example.test', by));
});
afterAll(async () => {
  await started.close();
  await test.drop();
});

async function run(...args: string[]) {
  const env = { ...process.env, VISAPI_URL: url, VISAPI_API_KEY: 'all.s3cret', NODE_OPTIONS: '' };
  const child = spawn(process.execPath, [cli, ...args], { env });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, ...said };
}

describe('npm run visapi -- users', () => {
  it('appoints an administrator by address, shuts out and lets in, and shows it', async () => {
    const appointed = await run('users', 'role', 'dana@example.test', 'admin', '--reason', 'runs the office');
    expect(appointed).toMatchObject({ status: 0, stdout: expect.stringMatching(/role +admin/) });
    const refused = await run('users', 'disable', id, '--reason', 'leaves');
    expect(refused).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Nobody would be left'),
    });
    await run('users', 'role', id, 'support', '--reason', 'leaves').then(({ status }) =>
      expect(status).toBe(1),
    );
    const { stdout } = await run('users', 'list', '--role', 'admin');
    expect(stdout).toMatch(/dana@example\.test +admin +active/);
    const [told] = await test.query<{ payload: unknown }>(
      `select payload from events where type = 'user.role-changed'`,
    );
    expect(told?.payload).toEqual({ from: 'support', to: 'admin', reason: 'runs the office' });
  });

  it('says how many keys go on when their maker is shut out, and lists them', async () => {
    const [email, left] = ['left@example.test', randomUUID()];
    const by = { actor: `user:${left}`, correlationId: 'test' };
    await started.app.get(CommandBus).execute(new RegisterUser(left, email, by));
    await test.query(
      `insert into api_keys (id, name, prefix, hashed_secret, scopes, created_by)
       values (gen_random_uuid(), 'Shop', 'shop', sha256('x'), '{orders:read}', $1)`,
      [by.actor],
    );
    const { stdout } = await run('users', 'disable', email, '--reason', 'leaves');
    expect(stdout).toMatch(/state +disabled/);
    expect(stdout).toMatch(/live keys +1/);
    const told = /npm run visapi -- (keys list --state live --created-by \S+)/.exec(stdout)?.[1] ?? '';
    const listed = await run(...told.split(' '));
    expect(listed.stdout).toContain('Shop');
    expect(listed.stdout).not.toContain('all.');
  });

  it.each([
    [['users', 'promote'], /users does not know "promote"/],
    [['users', 'role', 'dana@example.test'], /users role is given <user> <role>/],
    [['users', 'show', 'nobody@example.test'], /nobody has signed in as nobody@example\.test/],
    [['users', 'disable', 'dana@example.test'], /--reason is missing/],
    [['roles', 'show'], /roles does not know "show"/],
    [
      ['roles', 'set', 'night', '--permissions', 'orders:fly', '--description', 'x'],
      /there is no scope "orders:fly"/,
    ],
  ])('says what would be right: %j', async (args, words) => {
    const { status, stderr } = await run(...args);
    expect(status).toBe(1);
    expect(stderr).toMatch(words);
  });
});

describe('npm run visapi -- roles', () => {
  it('makes a role, changes it, and prints JSON for scripts', async () => {
    await run(
      'roles',
      'set',
      'night',
      '--permissions',
      'orders:read, messages:read',
      '--description',
      'Night',
    );
    const { stdout, status } = await run('roles', 'set', 'night', '--permissions', 'orders:*', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'night',
      description: 'Night',
      permissions: ['orders:*'],
    });
    const shown = await run('roles', 'list');
    expect(shown.stdout).toMatch(/^role +users +built in +permissions\nnight +0 +no +orders:\*\n/);
  });
});
