import { join } from 'node:path';
import { MALLOC_LIMITS, NODE_FLAGS } from '#services/node-flags.ts';
import { freePort } from '#services/ports.ts';
import type { RunningService } from '#services/service.ts';
import { environment, newSecrets, type Environment, type Ports, type Secrets } from './environment.ts';
import { startNode } from './node-process.ts';
import type { Services } from './services.ts';

export const MIGRATIONS = join(import.meta.dirname, '..', '..', 'supabase', 'migrations');

export type App = 'backend' | 'worker';

/** VisAPI as it is deployed: built processes on a fresh, migrated database and an empty Redis. */
export interface Pipeline {
  /** Of the backend's API, without a slash at its end. */
  readonly apiUrl: string;
  readonly ordersUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sandboxUrl: string;
  /** Where each process shows its metrics. */
  readonly metricsUrls: Readonly<Record<App, string>>;
  /** As the owner, for counting. */
  readonly databaseUrl: string;
  /** What backend and worker are told. */
  readonly env: Environment;
  readonly pids: Readonly<Record<string, number>>;
  /** One more of these processes, beside those that run; `port` where it listens. */
  readonly start: (app: App, port?: number) => Promise<RunningService>;
  readonly stopBackend: () => Promise<void>;
  readonly stopWorker: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface PipelineOptions {
  /** Name of its database. */
  readonly name: string;
  readonly worker: boolean;
}

export async function startPipeline(services: Services, options: PipelineOptions): Promise<Pipeline> {
  const secrets = newSecrets();
  const databaseUrl = await services.createDatabase(options.name);
  await prepareDatabase(databaseUrl, secrets);
  await services.emptyRedis();
  const ports = { port: await freePort(), workerPort: await freePort(), sandboxPort: await freePort() };
  const env = environment(services, databaseUrl, secrets, ports);
  const sandbox = await startSandbox(services, options.name, ports, env);
  const start = starter(services, options.name, env, ports);
  const backend = await start('backend');
  const worker = options.worker ? await start('worker') : undefined;
  const stopBackend = async (): Promise<void> => void (await backend.stop());
  const stopWorker = async (): Promise<void> => void (await worker?.stop());
  return {
    apiUrl: `${env.BACKEND_URL}/api/v1`,
    ordersUrl: `${env.BACKEND_URL}/api/v1/webhooks/vizi/orders`,
    headers: { 'X-API-Key': secrets.apiKey },
    sandboxUrl: `http://127.0.0.1:${ports.sandboxPort}`,
    metricsUrls: {
      backend: `${env.BACKEND_URL}/metrics`,
      worker: `http://127.0.0.1:${ports.workerPort}/metrics`,
    },
    databaseUrl,
    env,
    pids: { backend: backend.pid, sandbox: sandbox.pid, ...(worker ? { worker: worker.pid } : {}) },
    start,
    stopBackend,
    stopWorker,
    stop: async () => {
      await stopBackend();
      await stopWorker();
      await sandbox.stop();
    },
  };
}

async function startSandbox(services: Services, name: string, { sandboxPort }: Ports, env: Environment) {
  return await startNode(services, {
    name: `${name}-sandbox`,
    file: 'apps/sandbox/bundle/main.js',
    flags: NODE_FLAGS.sandbox,
    env: { ...env, PORT: String(sandboxPort), SANDBOX_RECEIPT_DELAYS_MS: 'off' },
    readyUrl: `http://127.0.0.1:${sandboxPort}/healthz`,
    stage: 3,
  });
}

const APPS = {
  backend: { stage: 1, variable: 'PORT', ready: '/api/v1/readyz' },
  worker: { stage: 2, variable: 'WORKER_PORT', ready: '/readyz' },
} as const;

function starter(services: Services, name: string, env: Environment, { port, workerPort }: Ports) {
  const usual = { backend: port, worker: workerPort };
  return (app: App, listen = usual[app]): Promise<RunningService> => {
    const { stage, variable, ready } = APPS[app];
    return startNode(services, {
      name: `${name}-${app}`,
      file: `apps/${app}/bundle/main.js`,
      flags: NODE_FLAGS[app],
      env: { ...MALLOC_LIMITS, ...env, [variable]: String(listen) },
      readyUrl: `http://127.0.0.1:${listen}${ready}`,
      stage,
    });
  };
}

/** Built libraries are loaded when they are needed: who imports this file begins before they are built. */
export async function migrateDatabase(databaseUrl: string): Promise<void> {
  const { migrate } = await import('@visapi/backend-repositories/migrate');
  await migrate({ databaseUrl, directory: MIGRATIONS });
}

async function prepareDatabase(databaseUrl: string, secrets: Secrets): Promise<void> {
  await migrateDatabase(databaseUrl);
  const { setAppRolePassword } = await import('@visapi/backend-repositories/migrate');
  const { seedApiKeys } = await import('@visapi/backend-access/seed');
  await setAppRolePassword({ databaseUrl, password: secrets.appPassword });
  const scopes = ['webhook:vizi', 'orders:read'];
  const keys = [{ name: 'benchmark', key: secrets.apiKey, scopes }];
  await seedApiKeys({ databaseUrl, pepper: secrets.pepper, keys });
}
