import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createTestDatabase, takeTestRedis, type TestDatabase } from '@visapi/backend-testing';
import { type Key, type KeyBackend, seedKeys, startKeyBackend } from '../test/key-backend.js';
import { keyPattern } from './api-key.js';

/** The very program that `npm run visapi` starts. */
const cli = join(import.meta.dirname, '../../../tools/cli/main.ts');
jest.setTimeout(60_000);

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
let backend: KeyBackend;
let url: string;

beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
  await seedKeys(test, { admin: ['admin'] });
  backend = await startKeyBackend(test, redis.url);
  url = await backend.listen();
});
afterAll(async () => {
  await backend.close();
  await redis.close();
  await test.drop();
});

async function run(args: readonly string[], key = 'admin.s3cret') {
  const env = { ...process.env, VISAPI_URL: url, VISAPI_API_KEY: key, NODE_OPTIONS: '' };
  const child = spawn(process.execPath, [cli, 'keys', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, ...said };
}
const asJson = async (...args: string[]) => JSON.parse((await run([...args, '--json'])).stdout) as Key;

describe('npm run visapi -- keys', () => {
  it('creates a key, shows and lists it, rotates and revokes it', async () => {
    const made = await asJson(
      'create',
      '--name',
      'Partner',
      '--scopes',
      'orders:read, keys:read',
      '--days',
      '30',
    );
    expect(made).toMatchObject({ name: 'Partner', scopes: ['orders:read', 'keys:read'], state: 'live' });
    expect(made.key).toMatch(keyPattern);
    const shown = await run(['show', made.id]);
    expect(shown.stdout).toContain('everywhere');
    expect(shown.stdout).not.toContain(made.key);
    expect((await run([])).stdout).toMatch(new RegExp(`${made.id} +live +${made.prefix} +Partner`));
    const rotated = await asJson('rotate', made.id, '--overlap', '60', '--yes');
    expect(rotated.key).toMatch(keyPattern);
    expect((await run(['revoke', made.id, '--yes'])).stdout).toMatch(/state +revoked/);
    expect((await run(['list', '--state', 'live'])).stdout).not.toContain(made.id);
  });

  it('rotates and revokes nothing that was not confirmed, where nobody can be asked', async () => {
    const made = await asJson('create', '--name', 'Partner', '--scopes', 'orders:read');
    for (const action of ['rotate', 'revoke']) {
      const { status, stderr } = await run([action, made.id]);
      expect(status).toBe(1);
      expect(stderr).toMatch(/was not confirmed[\s\S]*--yes/);
    }
    expect(await asJson('show', made.id)).toMatchObject({ state: 'live', previousExpiresAt: null });
  });

  it.each([
    [['eat'], /One of: list, create, show, rotate, revoke/],
    [['show'], /needs the id/],
    [['create', '--name', 'x'], /--name and --scopes/],
    [['create', '--name', 'x', '--scopes', 'orders:eat'], /known are .*orders:read/],
    [['create', '--name', 'x', '--scopes', 'orders:read', '--days', 'many'], /whole number/],
    [['show', 'admin'], /must be the id of an API key/],
  ])('says what would be right: %j', async (args, words) => {
    const { status, stderr } = await run(args);
    expect(status).toBe(1);
    expect(stderr).toMatch(words);
  });

  it('says which variable names the key that the backend does not know', async () => {
    const { status, stderr } = await run(['list'], 'nobody.s3cret');
    expect(status).toBe(1);
    expect(stderr).toMatch(/not valid[\s\S]*VISAPI_API_KEY/);
  });
});
