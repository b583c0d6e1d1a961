import { join } from 'node:path';
import { authService, ensureUser } from '../services/auth.ts';
import { freePort, isFree, stablePorts } from '../services/ports.ts';
import { ensureDatabase, postgresService } from '../services/postgres.ts';
import { Problem } from '../services/problem.ts';
import { redisService } from '../services/redis.ts';
import { appService, logFile, type AppName } from './apps.ts';
import type { StartArguments } from './arguments.ts';
import { buildAll } from './build.ts';
import { devJson } from './dev-json.ts';
import { appEnvironment, asAppRole, sandboxEnvironment, type Environment, type Urls } from './environment.ts';
import { migrateDatabase, seedAdmin, seedCredentials } from './prepare-database.ts';
import { loadSecrets, type Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';
import type { System } from './system.ts';
import type { Terminal } from './terminal.ts';

export interface Start {
  readonly settings: Settings;
  readonly counts: StartArguments;
  readonly system: System;
  readonly terminal: Terminal;
  readonly given: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

const DATABASE = 'visapi';
const ADMIN_EMAIL = 'admin@visapi.test';

/** Every step from nothing to a system that answers; the caller stops the system when one fails. */
export async function startSystem(start: Start): Promise<{ urls: Urls; secrets: Secrets }> {
  const { settings, terminal, system, signal, given } = start;
  const secrets = await loadSecrets(settings.home);
  const ports = await stablePorts(join(settings.home, 'ports.json'), ['postgres', 'redis', 'auth']);
  const step = async <T>(name: string, run: (note: (text: string) => void) => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    return terminal.step(name, run);
  };
  const database = await step('postgres', () => startDatabase(start, secrets, ports.postgres));
  const redis = await step('redis', (note) => startQueue(start, ports.redis, note));
  await step('build', () => buildAll(system.guardian, signal));
  await step('migrations', () => migrateDatabase(database, secrets.appPassword));
  const urls = urlsOf(settings, ports.auth, redis, database, secrets);
  const env = appEnvironment(given, urls, secrets);
  await step('credentials', () =>
    seedCredentials(database, env['API_KEY_PEPPER'] ?? secrets.pepper, secrets),
  );
  await step('auth', () =>
    startAuth(start, urls, secrets, env['SUPABASE_JWT_SECRET'] ?? secrets.jwtSecret, ports.auth),
  );
  await step('sandbox', () => startSandbox(start, urls, sandboxEnvironment(env, given, urls, secrets)));
  await step('backend', () => startBackends(start, urls, env));
  await step('worker', () => startWorkers(start, env));
  signal.throwIfAborted();
  const admin = settings.supabaseUrl
    ? { email: '', password: '' }
    : { email: ADMIN_EMAIL, password: secrets.adminPassword };
  await system.publish((pids) => devJson(urls, secrets, admin, pids));
  return { urls, secrets };
}

/** @throws Problem naming the first taken port and its variable */
export async function checkPorts({ backendPort, workerPort, sandboxPort }: Settings): Promise<void> {
  const wanted = { PORT: backendPort, WORKER_PORT: workerPort, SANDBOX_PORT: sandboxPort };
  for (const [variable, port] of Object.entries(wanted)) {
    if (await isFree(port)) continue;
    throw new Problem(
      `port ${port} is taken by another program`,
      `Stop that program, or choose another port: ${variable}=${await freePort()} npm start`,
    );
  }
}

async function startDatabase({ settings, system }: Start, secrets: Secrets, port: number): Promise<string> {
  if (settings.databaseUrl) return settings.databaseUrl;
  const service = await postgresService({
    directory: join(settings.home, 'postgres'),
    password: secrets.postgresPassword,
    logFile: logFile(settings.home, 'postgres'),
    port,
  });
  await system.add('postgres', service);
  await ensureDatabase(service, DATABASE);
  return service.urlOf(DATABASE);
}

async function startQueue(
  { settings, system }: Start,
  port: number,
  note: (text: string) => void,
): Promise<string> {
  if (settings.redisUrl) return settings.redisUrl;
  const service = await redisService({
    directory: join(settings.home, 'redis'),
    logFile: logFile(settings.home, 'redis'),
    port,
    note,
  });
  await system.add('redis', service);
  return service.url;
}

async function startAuth(
  { settings, system }: Start,
  urls: Urls,
  secrets: Secrets,
  jwtSecret: string,
  port: number,
) {
  if (settings.supabaseUrl) return settings.supabaseUrl;
  const service = await authService({
    directory: join(settings.home, 'auth'),
    logFile: logFile(settings.home, 'auth'),
    port,
    jwtSecret,
    publishableKey: secrets.publishableKey,
    secretKey: secrets.secretKey,
    siteUrl: urls.backend,
  });
  await system.add('auth', service);
  const id = await ensureUser(service.url, secrets.publishableKey, ADMIN_EMAIL, secrets.adminPassword);
  await seedAdmin(urls.database, id, ADMIN_EMAIL);
  return service.url;
}

async function startSandbox({ settings, system }: Start, urls: Urls, env: Environment): Promise<string> {
  const own = { ...env, PORT: String(settings.sandboxPort) };
  await system.add('sandbox', appService('sandbox', 1, urls.sandbox, own, settings.home));
  return urls.sandbox;
}

async function startBackends(start: Start, urls: Urls, env: Environment): Promise<string> {
  const { settings, counts } = start;
  const share: Environment = counts.backends > 1 ? { LISTEN_REUSE_PORT: 'true' } : {};
  if (counts.backends > 1 && process.platform !== 'linux') {
    throw new Problem(
      'several backends can share a port on Linux only',
      'Start without --backends, or on Linux.',
    );
  }
  const own: Environment = { ...env, ...share, PORT: String(settings.backendPort) };
  return startSeveral(start, 'backend', counts.backends, () =>
    Promise.resolve({ url: urls.backend, env: own }),
  );
}

async function startWorkers(start: Start, env: Environment): Promise<string> {
  return startSeveral(start, 'worker', start.counts.workers, async (number) => {
    const port = number === 1 ? start.settings.workerPort : await freePort();
    return { url: local(port), env: { ...env, WORKER_PORT: String(port) } };
  });
}

async function startSeveral(
  { system, settings }: Start,
  app: AppName,
  count: number,
  place: (number: number) => Promise<{ url: string; env: Environment }>,
): Promise<string> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const places = await Promise.all(numbers.map(place));
  await Promise.all(
    places.map(({ url, env }, index) => system.add(app, appService(app, index + 1, url, env, settings.home))),
  );
  return count === 1 ? (places[0]?.url ?? '') : `${count} processes`;
}

function urlsOf(
  settings: Settings,
  authPort: number,
  redis: string,
  database: string,
  secrets: Secrets,
): Urls {
  return {
    backend: local(settings.backendPort),
    worker: local(settings.workerPort),
    sandbox: local(settings.sandboxPort),
    supabase: settings.supabaseUrl ?? local(authPort),
    redis,
    database,
    appDatabase: asAppRole(database, secrets.appPassword),
  };
}

function local(port: number): string {
  return `http://127.0.0.1:${port}`;
}
