import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { REPOSITORY } from '#launcher/settings.ts';
import { freePort } from '#services/ports.ts';
import { until } from '@visapi/backend-testing';
import { blocksOf, plain, Terminal } from './doc-blocks.js';

jest.setTimeout(60_000);

const page = readFileSync(join(REPOSITORY, 'docs', 'getting-started.md'), 'utf8');
const [start, ...blocks] = blocksOf(page);

let home: string;
let system: ChildProcess;
/** When the last of the processes that `npm start` began has let go of its output. */
let gone: Promise<unknown>;
let terminal: Terminal;

/** A reader has nothing set but where things are kept, so that readers do not disturb each other. */
async function readersEnvironment(): Promise<NodeJS.ProcessEnv> {
  const own = ['NODE_ENV', 'DATABASE_URL', 'REDIS_URL', 'REDIS_PUBLIC_URL', 'SUPABASE_URL', 'NODE_OPTIONS'];
  const inherited = Object.entries(process.env).filter(([name]) => !own.includes(name));
  const [PORT, WORKER_PORT, SANDBOX_PORT] = [await freePort(), await freePort(), await freePort()].map(
    String,
  );
  return { ...Object.fromEntries(inherited), VISAPI_HOME: home, PORT, WORKER_PORT, SANDBOX_PORT };
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'visapi-start-'));
  const env = await readersEnvironment();
  system = spawn('bash', ['-c', `exec ${start?.text}`], {
    cwd: REPOSITORY,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  gone = once(system, 'close');
  let said = '';
  system.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until(
    () => Promise.resolve(said),
    (text) => text.includes('VisAPI ready') || system.exitCode !== null,
    120_000,
  );
  expect(said).toContain('VisAPI ready');
  terminal = new Terminal(home, env);
}, 150_000);

afterAll(async () => {
  terminal?.close();
  system.kill('SIGTERM');
  await gone;
  await rm(home, { recursive: true, force: true });
}, 60_000);

describe('a reader of docs/getting-started.md', () => {
  it('begins with npm start, and finds blocks to run', () => {
    expect(start?.text).toBe('npm start');
    expect(blocks.length).toBeGreaterThan(15);
  });

  it.each(blocks)('sees what line $line promises', async (block) => {
    const { shows } = block;
    const text = await terminal.run(block);
    if (shows === undefined) expect(text).toBe('');
    else expect(plain({ ...shows, text })).toEqual(plain(shows));
  });

  it('was led there by README', () => {
    expect(readFileSync(join(REPOSITORY, 'README.md'), 'utf8')).toContain('(docs/getting-started.md)');
  });
});
