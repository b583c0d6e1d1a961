import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { AccessModule } from '@visapi/backend-access/http';
import { seedApiKeys } from '@visapi/backend-access/seed';
import { createHttpApp } from '@visapi/backend-http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  createTestDatabase,
  plantOrder,
  quietLog,
  quietProcess,
  readWords,
  type TestDatabase,
  testEncryption,
  testRoot,
} from '@visapi/backend-testing';
import { PrivacyHttpModule } from './http/privacy-http.module.js';

/** The very program that `npm run visapi` starts. */
const cli = join(import.meta.dirname, '../../../tools/cli/main.ts');
const pepper = 'pepper';
const [development] = testEncryption.keys;
const written = `${development.id}:${development.key.toString('base64')}`;
let test: TestDatabase;
let started: Awaited<ReturnType<typeof createHttpApp>>;
let url: string;

// Each run is a process of its own that looks after its build first.
jest.setTimeout(60_000);

beforeAll(async () => {
  test = await createTestDatabase();
  const keys = [{ name: 'officer', key: 'officer.s3cret', scopes: ['privacy:erase'] }];
  await seedApiKeys({ databaseUrl: test.ownerUrl, pepper, keys });
  const root = testRoot(test.url, [
    AccessModule.forRoot({ pepper, keyExpiryDays: 90 }, quietProcess),
    PrivacyHttpModule,
  ]);
  const http = { port: 0, host: '127.0.0.1', reusePort: false };
  started = await createHttpApp(root, { http, process: quietProcess }, quietLog);
  url = await started.listen();
});
afterAll(async () => {
  await started.close();
  await test.drop();
});

async function run(args: readonly string[], ENCRYPTION_KEYS = written) {
  const own = { DATABASE_URL: test.url, VISAPI_URL: url, VISAPI_API_KEY: 'officer.s3cret', ENCRYPTION_KEYS };
  const env = { ...process.env, ...own, NODE_OPTIONS: '' };
  const child = spawn(process.execPath, [cli, 'privacy', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, ...said };
}

describe('npm run visapi -- privacy', () => {
  it('erase shows whom it means, and does it only when it is confirmed', async () => {
    const phone = '+972500000001';
    const { orderId, messageId } = await plantOrder(test, { phone });
    const args = ['erase', '--phone', phone, '--reason', 'asked by letter', '--force'];
    const dry = await run([...args, '--dry-run', '--json']);
    expect(JSON.parse(dry.stdout)).toMatchObject({ id: null, orderIds: [orderId], keysDestroyed: 1 });
    const unconfirmed = await run(args);
    expect(unconfirmed.status).toBe(1);
    expect(unconfirmed.stderr).toContain(`forgetting whoever ordered ${orderId} was not confirmed`);
    await expect(readWords(test, messageId)).resolves.toHaveLength(8);
    const done = await run([...args, '--yes']);
    expect(done).toMatchObject({ status: 0, stdout: expect.stringMatching(/^keys destroyed +1$/m) });
    await expect(readWords(test, messageId)).resolves.toBeNull();
    const { stdout } = await run(['erasures']);
    expect(stdout).toMatch(new RegExp(`${orderId} +asked by letter`));
  });

  it('status, seal and rewrap follow rows of before and a change of the keyring', async () => {
    const { messageId } = await plantOrder(test, { parameters: ['plain'] });
    await test.query(
      `update messages set parameters = '["plain"]', parameters_key_id = null where effect_id = $1`,
      [messageId],
    );
    const before = await run(['status']);
    expect(before.stdout).toMatch(/^messages +1$/m);
    expect(before.stdout).toMatch(new RegExp(`^${development.id} +\\d+$`, 'm'));
    expect((await run(['seal'])).stdout).toBe('1 rows sealed\n');
    await expect(readWords(test, messageId)).resolves.toEqual(['plain']);
    const both = `k2:${randomBytes(32).toString('base64')},${written}`;
    expect((await run(['rewrap'], both)).stdout).toMatch(/^\d+ data keys wrapped by the first key\n$/);
    const after = JSON.parse((await run(['status', '--json'], both)).stdout) as object;
    expect(after).toMatchObject({ plainRows: { messages: 0 }, wrappedBy: [{ keyId: 'k2' }] });
  });

  it('says what is missing to whoever has not got the keys', async () => {
    const { status, stderr } = await run(['seal'], `other:${randomBytes(32).toString('base64')}`);
    expect(status).toBe(1);
    expect(stderr).toContain('which ENCRYPTION_KEYS does not hold');
  });
});
