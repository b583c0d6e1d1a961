import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { freePort } from '#services/ports.ts';
import { startNode } from './node-process.ts';
import type { Services } from './services.ts';

const MIGRATIONS = join(import.meta.dirname, '..', '..', 'supabase', 'migrations');

/** VisAPI as it is deployed: built processes on a fresh, migrated database and an empty Redis. */
export interface Pipeline {
  readonly ordersUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sandboxUrl: string;
  /** As the owner, for counting. */
  readonly databaseUrl: string;
  readonly pids: Readonly<Record<string, number>>;
  readonly stopBackend: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface PipelineOptions {
  /** Name of its database. */
  readonly name: string;
  readonly worker: boolean;
}

interface Secrets {
  readonly appPassword: string;
  readonly pepper: string;
  readonly apiKey: string;
}

export async function startPipeline(services: Services, options: PipelineOptions): Promise<Pipeline> {
  const secrets = {
    appPassword: randomBytes(18).toString('hex'),
    pepper: randomBytes(32).toString('base64'),
    apiKey: `bench.${randomBytes(24).toString('hex')}`,
  };
  const databaseUrl = await services.createDatabase(options.name);
  await prepareDatabase(databaseUrl, secrets);
  await services.emptyRedis();
  const ports = { port: await freePort(), workerPort: await freePort(), sandboxPort: await freePort() };
  const env = environment(services, databaseUrl, secrets, ports);
  const { sandbox, backend, worker } = await startProcesses(services, options, ports, env);
  const stopBackend = async (): Promise<void> => {
    await backend.stop();
  };
  return {
    ordersUrl: `${env.BACKEND_URL}/api/v1/webhooks/vizi/orders`,
    headers: { 'X-API-Key': secrets.apiKey },
    sandboxUrl: `http://127.0.0.1:${ports.sandboxPort}`,
    databaseUrl,
    pids: { backend: backend.pid, sandbox: sandbox.pid, ...(worker ? { worker: worker.pid } : {}) },
    stopBackend,
    stop: async () => {
      await stopBackend();
      await worker?.stop();
      await sandbox.stop();
    },
  };
}

async function startProcesses(services: Services, options: PipelineOptions, ports: Ports, env: Environment) {
  const start = (app: string, stage: 1 | 2 | 3, readyUrl: string, more: Environment = {}) =>
    startNode(services, {
      name: `${options.name}-${app}`,
      file: `apps/${app}/dist/main.js`,
      env: { ...env, ...more },
      readyUrl,
      stage,
    });
  const { port, workerPort, sandboxPort } = ports;
  const sandbox = await start('sandbox', 3, `http://127.0.0.1:${sandboxPort}/healthz`, {
    PORT: String(sandboxPort),
    SANDBOX_RECEIPT_DELAYS_MS: 'off',
  });
  const backend = await start('backend', 1, `http://127.0.0.1:${port}/api/v1/readyz`);
  const worker = options.worker
    ? await start('worker', 2, `http://127.0.0.1:${workerPort}/readyz`)
    : undefined;
  return { sandbox, backend, worker };
}

type Environment = Readonly<Record<string, string>>;

/** Built libraries are loaded by name, when they are needed: the baselines run without a build. */
export async function migrateDatabase(databaseUrl: string): Promise<void> {
  const { migrate } = await import('@visapi/backend-repositories/migrate');
  await migrate({ databaseUrl, directory: MIGRATIONS });
}

async function prepareDatabase(databaseUrl: string, secrets: Secrets): Promise<void> {
  await migrateDatabase(databaseUrl);
  const { setAppRolePassword } = await import('@visapi/backend-repositories/migrate');
  const { seedApiKeys } = await import('@visapi/backend-access/seed');
  await setAppRolePassword({ databaseUrl, password: secrets.appPassword });
  const keys = [{ name: 'benchmark', key: secrets.apiKey, scopes: ['webhook:vizi'] }];
  await seedApiKeys({ databaseUrl, pepper: secrets.pepper, keys });
}

interface Ports {
  readonly port: number;
  readonly workerPort: number;
  readonly sandboxPort: number;
}

function environment(
  services: Services,
  ownerUrl: string,
  secrets: Secrets,
  ports: Ports,
): Record<string, string> {
  const appUrl = new URL(ownerUrl);
  appUrl.username = 'visapi_app';
  appUrl.password = secrets.appPassword;
  const sandbox = `http://127.0.0.1:${ports.sandboxPort}`;
  return {
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    PORT: String(ports.port),
    WORKER_PORT: String(ports.workerPort),
    BACKEND_URL: `http://127.0.0.1:${ports.port}`,
    LOG_LEVEL: 'info',
    DATABASE_URL: appUrl.href,
    REDIS_URL: services.redisUrl,
    // Nobody signs in during a benchmark: the address of Auth is never called.
    SUPABASE_URL: 'http://127.0.0.1:9',
    SUPABASE_ANON_KEY: 'unused',
    SUPABASE_SERVICE_ROLE_KEY: 'unused',
    SUPABASE_JWT_SECRET: randomBytes(32).toString('hex'),
    API_KEY_PEPPER: secrets.pepper,
    ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    VIZI_API_KEY: secrets.apiKey,
    CBB_API_URL: `${sandbox}/cbb`,
    CBB_API_KEY: 'bench',
    CBB_RATE_LIMIT: '0',
    META_GRAPH_URL: `${sandbox}/meta`,
    WABA_PHONE_NUMBER_ID: '100000000000001',
    WABA_BUSINESS_ID: '200000000000001',
    WABA_ACCESS_TOKEN: 'bench',
    WABA_APP_SECRET: randomBytes(16).toString('hex'),
    WABA_VERIFY_TOKEN: randomBytes(16).toString('hex'),
  };
}
