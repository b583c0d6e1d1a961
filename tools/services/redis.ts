import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from './ports.ts';
import { findOrInstallRedis } from './redis-install.ts';
import { startService, type RunningService, type ServiceSpec } from './service.ts';
import type { Guardian } from './guardian.ts';

export interface RedisOptions {
  readonly directory: string;
  readonly logFile?: string;
  readonly port?: number;
  /** False = nothing is written to disk; for tests. */
  readonly durable?: boolean;
  readonly note?: (line: string) => void;
}

export interface RedisService extends ServiceSpec {
  readonly url: string;
}

/** A private server on a loopback port: append-only file on, nothing ever evicted. */
export async function redisService(options: RedisOptions): Promise<RedisService> {
  const { directory, durable = true, note = () => undefined } = options;
  const file = await findOrInstallRedis(note);
  const port = await freePort(options.port);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--daemonize', 'no'];
  args.push('--save', '', '--appendonly', durable ? 'yes' : 'no', '--appendfsync', 'everysec');
  args.push('--maxmemory-policy', 'noeviction');
  return {
    name: 'redis',
    file,
    args,
    cwd: directory,
    logFile: options.logFile ?? join(directory, 'redis.log'),
    stage: 4,
    stopSignal: 'SIGTERM',
    patienceMs: 10_000,
    isReady: () => answersPing(port),
    url: `redis://127.0.0.1:${port}`,
  };
}

/** Starts a server that is not supervised; for tests and the benchmark. */
export async function startRedis(
  options: RedisOptions,
  guardian: Guardian,
): Promise<RunningService & { url: string }> {
  const service = await redisService(options);
  return { ...(await startService(service, guardian)), url: service.url };
}

/** False while it still loads its append-only file: the answer is then an error. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 });
    const settle = (ready: boolean) => {
      socket.destroy();
      resolve(ready);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => settle(data.toString().startsWith('+PONG')));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}
