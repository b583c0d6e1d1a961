import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { MALLOC_LIMITS, NODE_FLAGS } from '../services/node-flags.ts';
import { Problem } from '../services/problem.ts';
import type { ServiceSpec } from '../services/service.ts';
import type { Environment } from './environment.ts';
import { REPOSITORY } from './settings.ts';

export type AppName = 'backend' | 'worker' | 'sandbox';

const HEALTH: Readonly<Record<AppName, string>> = {
  backend: '/api/v1/readyz',
  worker: '/readyz',
  sandbox: '/healthz',
};

// A little more than each one's own deadline for an orderly end.
const STOPPING: Readonly<Record<AppName, { stage: number; patienceMs: number }>> = {
  backend: { stage: 1, patienceMs: 12_000 },
  worker: { stage: 2, patienceMs: 22_000 },
  sandbox: { stage: 3, patienceMs: 5_000 },
};

/** One of our own processes; `url` is where it listens, `number` counts from 1 where several run. */
export function appService(
  app: AppName,
  number: number,
  url: string,
  env: Environment,
  home: string,
): ServiceSpec {
  const main = join(REPOSITORY, 'apps', app, 'bundle', 'main.js');
  if (!existsSync(main)) throw new Problem(`${main} is missing`, 'Run: npm run build');
  const name = number === 1 ? app : `${app}-${number}`;
  return {
    name,
    file: process.execPath,
    args: [...NODE_FLAGS[app], main],
    cwd: REPOSITORY,
    env: { ...MALLOC_LIMITS, ...env },
    logFile: logFile(home, name),
    stopSignal: 'SIGTERM',
    ...STOPPING[app],
    isReady: () => isReady(`${url}${HEALTH[app]}`),
  };
}

export function logFile(home: string, name: string): string {
  return join(home, 'logs', `${name}.log`);
}

/** Keeps the log of the last run beside the one of this run. */
export function rotateLog(file: string): void {
  if (existsSync(file)) renameSync(file, file.replace(/\.log$/, '.previous.log'));
}

async function isReady(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(3_000) }).then(
    (response) => response.ok,
    () => false,
  );
}
