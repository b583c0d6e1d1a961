import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { testEncryption, until } from '@visapi/backend-testing';
import { REPOSITORY } from '#launcher/settings.ts';
import { shopOrder } from './shop.js';
import { TestSystem } from './system.js';

let system: TestSystem;
beforeAll(async () => {
  system = await TestSystem.start({ apps: [] });
}, 30_000);
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => system.close());

type Environment = Readonly<Record<string, string>>;

/** A process with nothing in its environment but what is given, and any free port. */
function boot(app: 'backend' | 'worker', env: Environment) {
  const file = join(REPOSITORY, 'apps', app, 'bundle', 'main.js');
  const child = spawn(process.execPath, [file], {
    env: { PORT: '0', WORKER_PORT: '0', HOST: '127.0.0.1', ...env },
  });
  children.push(child);
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const url = async (): Promise<string> => {
    const ready = () => Promise.resolve(/"port":(\d+)[^\n]*ready|ready[^\n]*"port":(\d+)/.exec(output));
    const [, before, after] = (await until(ready, (match) => match !== null)) ?? [];
    return `http://127.0.0.1:${before ?? after}`;
  };
  return { url, ended, output: () => output, stop: () => child.kill('SIGTERM') };
}

const minimal = (): Environment => ({ DATABASE_URL: system.urls.appDatabase, REDIS_URL: system.urls.redis });

describe('with DATABASE_URL and REDIS_URL alone', () => {
  it('the backend starts, says what is off, takes no receipts and asks for keys', async () => {
    const backend = boot('backend', minimal());
    const url = await backend.url();
    const ready = await fetch(`${url}/api/v1/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ data: { checks: { receipts: { state: 'off' } } } });
    // What lies outside of the one file that runs is found, too.
    expect((await fetch(`${url}/api/docs/assets/swagger-ui.css`)).status).toBe(200);
    const post = { method: 'POST', body: '{}' };
    expect((await fetch(`${url}/api/v1/webhooks/whatsapp`, post)).status).toBe(401);
    expect((await fetch(`${url}/api/v1/webhooks/vizi/orders`, post)).status).toBe(401);
    backend.stop();
    expect(await backend.ended).toEqual([0, null]);
  }, 30_000);

  it('the worker starts and, without an account, withholds every effect for that reason', async () => {
    const worker = boot('worker', minimal());
    const url = await worker.url();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    // Without keys it seals with that of development; a backend with others would not start beside it.
    const [{ id: name, key }] = testEncryption.keys;
    const ENCRYPTION_KEYS = `${name}:${key.toString('base64')}`;
    await system.startApp('backend', 1, { ENCRYPTION_KEYS });
    const { id, body } = shopOrder({
      seed: 40,
      sequence: 40_001,
      branch: 'il',
      country: 'india',
      consent: true,
    });
    await system.shop.deliver(body);
    const message = await until(
      () => system.api.message(id),
      (one) => one?.status === 'skipped',
    );
    expect(message?.reason).toBe('sync-disabled');
    worker.stop();
    expect(await worker.ended).toEqual([0, null]);
    await system.stopApp('backend');
  }, 30_000);
});

describe('with an environment that cannot work', () => {
  it.each(['backend', 'worker'] as const)(
    'the %s names every problem at once and exits with 1',
    async (app) => {
      const refused = boot(app, { DATABASE_URL: 'mysql://x', REDIS_URL: 'redis', DATABASE_POOL_MAX: 'many' });
      expect((await refused.ended)[0]).toBe(1);
      for (const name of ['DATABASE_URL', 'REDIS_URL', 'DATABASE_POOL_MAX'])
        expect(refused.output()).toContain(name);
    },
    30_000,
  );

  it('the worker refuses a Redis that may throw jobs away, and says how to mend it', async () => {
    const policy = (name: string) =>
      system.withRedis((redis) => redis.config('SET', 'maxmemory-policy', name));
    await policy('allkeys-lru');
    const worker = boot('worker', minimal());
    expect((await worker.ended)[0]).toBe(1);
    expect(worker.output()).toContain('maxmemory-policy');
    expect(worker.output()).toContain('noeviction');
    await policy('noeviction');
  }, 30_000);
});
