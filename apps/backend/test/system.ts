import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AppName, appService, logFile } from '#launcher/apps.ts';
import {
  appEnvironment,
  asAppRole,
  type Environment,
  sandboxEnvironment,
  type Urls,
} from '#launcher/environment.ts';
import { migrateDatabase, seedCredentials } from '#launcher/prepare-database.ts';
import { loadSecrets, type Secrets } from '#launcher/secrets.ts';
import { Supervised } from '#launcher/supervised.ts';
import { Guardian } from '#services/guardian.ts';
import { freePort } from '#services/ports.ts';
import { ensureDatabase, postgresService } from '#services/postgres.ts';
import { redisService } from '#services/redis.ts';
import { Redis } from 'ioredis';
import { createTestDatabase, until } from '@visapi/backend-testing';
import { Api, SandboxControl } from './api.js';
import { Server } from './server.js';
import { Shop } from './shop.js';

export interface SystemOptions {
  /** Further variables of backend and worker. */
  readonly env?: Environment;
  /** A Postgres of its own that may be stopped, instead of a database of the one all specs share. */
  readonly ownPostgres?: boolean;
  /** What runs at first; the others are started by the test. */
  readonly apps?: readonly AppName[];
  /** How many of each run; backends share their port. */
  readonly workers?: number;
  readonly backends?: number;
}

interface Databases {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly postgres: Server | undefined;
  drop(): Promise<void>;
}

const everyApp = ['sandbox', 'backend', 'worker'] as const;

/**
 * The whole system as `npm start` runs it: built processes, each started again when it dies, with their own database,
 * Redis and ports. Whatever becomes of the test, the guardian leaves no process behind.
 */
export class TestSystem {
  readonly api: Api;
  readonly sandbox: SandboxControl;
  readonly shop: Shop;
  /** What the supervisor said of deaths and restarts. */
  readonly reports: string[] = [];
  /** By name: `worker` is the first one, `worker-2` the second. */
  private readonly children = new Map<string, Supervised>();

  private constructor(
    readonly home: string,
    readonly urls: Urls,
    readonly secrets: Secrets,
    readonly redis: Server,
    private readonly databases: Databases,
    private readonly guardian: Guardian,
    private readonly env: Environment,
  ) {
    this.api = new Api(urls.backend, secrets.adminApiKey);
    this.sandbox = new SandboxControl(urls.sandbox);
    this.shop = new Shop(urls.backend, secrets.viziApiKey);
  }

  static async start(options: SystemOptions = {}): Promise<TestSystem> {
    const home = await mkdtemp(join(tmpdir(), 'visapi-e2e-'));
    const guardian = new Guardian();
    guardian.removeAtEnd(home);
    const secrets = await loadSecrets(home);
    const redisSpec = await redisService({ directory: join(home, 'redis') });
    const redis = new Server(redisSpec, guardian);
    const databases = await (options.ownPostgres ? ownPostgres(home, secrets, guardian) : sharedPostgres());
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
    const { workers = 1, backends = 1 } = options;
    const env = { ...options.env, ...(backends > 1 ? { LISTEN_REUSE_PORT: 'true' } : {}) };
    const system = new TestSystem(home, urls, secrets, redis, databases, guardian, env);
    const counts = { sandbox: 1, backend: backends, worker: workers };
    const wanted = (options.apps ?? everyApp).flatMap((app) =>
      Array.from({ length: counts[app] }, (_, index) => system.startApp(app, index + 1)),
    );
    const started = await Promise.allSettled(wanted);
    const failed = started.find((one) => one.status === 'rejected');
    if (!failed) return system;
    // Nobody else knows of those that did start.
    await system.close();
    throw failed.reason;
  }

  get postgres(): Server {
    if (!this.databases.postgres) throw new Error('Ask for a Postgres of its own to stop it');
    return this.databases.postgres;
  }

  /** @param more further variables of this process alone */
  async startApp(app: AppName, number = 1, more: Environment = {}): Promise<void> {
    const given: Environment = { PATH: process.env['PATH'] ?? '', ...this.env, ...more };
    const shared = appEnvironment(given, this.urls, this.secrets);
    const env = app === 'sandbox' ? sandboxEnvironment(shared, given, this.urls, this.secrets) : shared;
    const url = app === 'worker' && number > 1 ? await freeUrl() : this.urls[app];
    const own = { ...env, [app === 'worker' ? 'WORKER_PORT' : 'PORT']: new URL(url).port };
    const service = appService(app, number, url, own, this.home);
    const child = new Supervised(service, this.guardian, {
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

  /** Resolves when another process has taken over from the one with this pid and answers. */
  async restarted(name: string, oldPid: number, withinMs = 20_000): Promise<void> {
    const child = this.named(name);
    const ask = async (): Promise<boolean> => child.pid !== oldPid && (await child.spec.isReady());
    await until(ask, (ready) => ready, withinMs);
  }

  /** Speaks to Redis over a connection that is closed whatever becomes of the test. */
  async withRedis(use: (redis: Redis) => Promise<unknown>): Promise<void> {
    const redis = new Redis(this.urls.redis);
    try {
      await use(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** The log of a process from its first line, every restart included. */
  async log(name: string): Promise<string> {
    return await readFile(logFile(this.home, name), 'utf8');
  }

  /** The samples of a metric of the worker. */
  async metric(name: string): Promise<Record<string, number>> {
    const text = await (await fetch(`${this.urls.worker}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`));
    return Object.fromEntries(
      lines.map((line) => [
        line.slice(name.length, line.lastIndexOf(' ')),
        Number(line.slice(line.lastIndexOf(' ') + 1)),
      ]),
    );
  }

  async close(): Promise<void> {
    // The sandbox last: whoever ends its work may still call it.
    const [sandbox, others] = [this.children.get('sandbox'), [...this.children.values()]];
    await Promise.all(others.filter((one) => one !== sandbox).map((child) => child.stop()));
    await sandbox?.stop();
    await this.redis.stop();
    await this.databases.drop();
    await this.guardian.close();
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

async function sharedPostgres(): Promise<Databases> {
  const database = await createTestDatabase();
  const { ownerUrl, url: appUrl } = database;
  return { ownerUrl, appUrl, postgres: undefined, drop: () => database.drop() };
}

async function ownPostgres(home: string, secrets: Secrets, guardian: Guardian): Promise<Databases> {
  const password = randomBytes(12).toString('hex');
  const service = await postgresService({ directory: join(home, 'postgres'), password, durable: false });
  const postgres = new Server(service, guardian);
  await postgres.start();
  await ensureDatabase(service, 'visapi');
  const ownerUrl = service.urlOf('visapi');
  await migrateDatabase(ownerUrl, secrets.appPassword);
  return {
    ownerUrl,
    appUrl: asAppRole(ownerUrl, secrets.appPassword),
    postgres,
    drop: () => postgres.stop(),
  };
}
