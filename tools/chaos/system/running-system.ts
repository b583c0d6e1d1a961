import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { type AppName, appService, logFile } from '#launcher/apps.ts';
import { appEnvironment, type Environment, sandboxEnvironment, type Urls } from '#launcher/environment.ts';
import { seedCredentials } from '#launcher/prepare-database.ts';
import { loadSecrets, type Secrets } from '#launcher/secrets.ts';
import { Supervised } from '#launcher/supervised.ts';
import { Guardian } from '#services/guardian.ts';
import { freePort } from '#services/ports.ts';
import { redisService } from '#services/redis.ts';
import { until } from '../wait.ts';
import type { Databases, Home } from './databases.ts';
import { Server } from './server.ts';

export interface SystemOptions {
  /** Further variables of backend and worker. */
  readonly env?: Environment;
  /** Further variables of single processes, by their name (`worker-2`). */
  readonly envOf?: Readonly<Record<string, Environment>>;
  /** How many of each run; backends share their port. */
  readonly workers?: number;
  readonly backends?: number;
}

/** What stands before the first process starts. */
export interface Ground {
  readonly home: Home;
  readonly urls: Urls;
  readonly redis: Server;
  readonly databases: Databases;
}

/** Makes a home that goes away with its guardian, and starts the servers of one system. */
export async function layGround(openDatabases: (home: Home) => Promise<Databases>): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'visapi-system-'));
  const guardian = new Guardian();
  guardian.removeAtEnd(folder);
  const secrets = await loadSecrets(folder);
  const redisSpec = await redisService({ directory: join(folder, 'redis') });
  const redis = new Server(redisSpec, guardian);
  const home = { folder, secrets, guardian };
  const databases = await openDatabases(home);
  await Promise.all([redis.start(), seedCredentials(databases.ownerUrl, secrets.pepper, secrets)]);
  const urls = {
    backend: await freeUrl(),
    worker: await freeUrl(),
    sandbox: await freeUrl(),
    // Nobody signs in here: the address of Auth is never called.
    supabase: 'http://127.0.0.1:9',
    redis: redisSpec.url,
    database: databases.ownerUrl,
    appDatabase: databases.appUrl,
  };
  return { home, urls, redis, databases };
}

/**
 * The whole system as `npm start` runs it: built processes, each started again when it dies, with their own database,
 * Redis and ports. Whatever becomes of us, the guardian leaves no process behind.
 */
export class RunningSystem {
  readonly urls: Urls;
  readonly redis: Server;
  /** What the supervisor said of deaths and restarts. */
  readonly reports: string[] = [];
  private readonly ground: Ground;
  private readonly options: SystemOptions;
  /** By name: `worker` is the first one, `worker-2` the second. */
  private readonly children = new Map<string, Supervised>();

  constructor(ground: Ground, options: SystemOptions) {
    this.ground = ground;
    this.options = options;
    this.urls = ground.urls;
    this.redis = ground.redis;
  }

  /** Of all processes that were started. */
  get names(): readonly string[] {
    return [...this.children.keys()];
  }

  get home(): string {
    return this.ground.home.folder;
  }

  get secrets(): Secrets {
    return this.ground.home.secrets;
  }

  get postgres(): Server {
    if (!this.ground.databases.postgres) throw new Error('Ask for a Postgres of its own to stop it');
    return this.ground.databases.postgres;
  }

  /** Starts so many of each as the options say; closes everything again when one does not start. */
  async startAll(apps: readonly AppName[] = ['sandbox', 'backend', 'worker']): Promise<void> {
    const { workers = 1, backends = 1 } = this.options;
    const counts = { sandbox: 1, backend: backends, worker: workers };
    const wanted = apps.flatMap((app) =>
      Array.from({ length: counts[app] }, (_, index) => this.startApp(app, index + 1)),
    );
    const started = await Promise.allSettled(wanted);
    const failed = started.find((one) => one.status === 'rejected');
    if (!failed) return;
    // Nobody else knows of those that did start.
    await this.close();
    throw failed.reason;
  }

  /** @param more further variables of this process alone */
  async startApp(app: AppName, number = 1, more: Environment = {}): Promise<void> {
    const { home, urls } = this.ground;
    const name = number === 1 ? app : `${app}-${number}`;
    const given = { ...this.environmentOf(name), ...more };
    const shared = appEnvironment(given, urls, home.secrets);
    const env = app === 'sandbox' ? sandboxEnvironment(shared, given, urls, home.secrets) : shared;
    const url = app === 'worker' && number > 1 ? await freeUrl() : urls[app];
    const own = { ...env, [app === 'worker' ? 'WORKER_PORT' : 'PORT']: new URL(url).port };
    const service = appService(app, number, url, own, home.folder);
    const child = new Supervised(service, home.guardian, {
      report: (line) => this.reports.push(line),
      onRestart: () => undefined,
    });
    this.children.set(service.name, child);
    await child.start();
  }

  async stopApp(app: AppName): Promise<void> {
    await this.named(app).stop();
  }

  /** The supervisor starts it again, as a platform would. */
  signal(name: string, signal: NodeJS.Signals): void {
    process.kill(this.pid(name), signal);
  }

  pid(name: string): number {
    const { pid } = this.named(name);
    if (pid === undefined) throw new Error(`${name} does not run`);
    return pid;
  }

  isReady(name: string): Promise<boolean> {
    return this.named(name).spec.isReady();
  }

  /** Resolves when another process has taken over from the one with this pid and answers. */
  async restarted(name: string, oldPid: number, withinMs = 20_000): Promise<void> {
    const child = this.named(name);
    const ask = async (): Promise<boolean> => child.pid !== oldPid && (await child.spec.isReady());
    await until(`${name} is back`, ask, (ready) => ready, { withinMs });
  }

  /** Speaks to Redis over a connection that is closed whatever becomes of the use. */
  async withRedis<T>(use: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.urls.redis);
    try {
      return await use(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** The log of a process from its first line, every restart included. */
  async log(name: string): Promise<string> {
    return await readFile(logFile(this.home, name), 'utf8');
  }

  async close(): Promise<void> {
    // The sandbox last: whoever ends its work may still call it.
    const [sandbox, others] = [this.children.get('sandbox'), [...this.children.values()]];
    await Promise.all(others.filter((one) => one !== sandbox).map((child) => child.stop()));
    await sandbox?.stop();
    await this.redis.stop();
    await this.ground.databases.drop();
    await this.ground.home.guardian.close();
  }

  private environmentOf(name: string): Environment {
    const share: Environment = (this.options.backends ?? 1) > 1 ? { LISTEN_REUSE_PORT: 'true' } : {};
    return {
      PATH: process.env['PATH'] ?? '',
      // One key asks for everything here; specs of the limits switch them on.
      RATE_LIMIT_ENABLED: 'false',
      ...this.options.env,
      ...share,
      ...this.options.envOf?.[name],
    };
  }

  private named(name: string): Supervised {
    const found = this.children.get(name);
    if (!found) throw new Error(`${name} has not been started`);
    return found;
  }
}

async function freeUrl(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}`;
}
