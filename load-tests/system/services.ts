import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Guardian } from '#services/guardian.ts';
import { startPostgres } from '#services/postgres.ts';
import { startRedis } from '#services/redis.ts';
import { query } from './query.ts';

/** The servers of one benchmark: private, durable, in a folder that goes away with them. */
export interface Services {
  readonly home: string;
  readonly guardian: Guardian;
  /** Where processes of Node leave a CPU profile when they end; none is taken without it, as it costs speed. */
  readonly profiles: string | undefined;
  /** The owner's URL of the maintenance database. */
  readonly ownerUrl: string;
  readonly redisUrl: string;
  readonly redisPid: number;
  readonly postgresPid: number;
  readonly versions: { readonly postgres: string; readonly redis: string };
  /** Creates an empty database and answers the owner's URL of it. */
  readonly createDatabase: (name: string) => Promise<string>;
  readonly emptyRedis: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts Postgres (fsync and synchronous_commit on) and Redis; whatever happens to us, the guardian ends them. */
export async function startServices(profiles?: string): Promise<Services> {
  const home = await mkdtemp(join(tmpdir(), 'visapi-bench-'));
  const guardian = new Guardian();
  guardian.removeAtEnd(home);
  const password = randomBytes(18).toString('hex');
  const postgres = await startPostgres({ directory: join(home, 'postgres'), password }, guardian);
  const redis = await startRedis({ directory: join(home, 'redis') }, guardian);
  const ownerUrl = postgres.urlOf('postgres');
  await requireDurable(ownerUrl);
  return {
    home,
    guardian,
    profiles,
    redisUrl: redis.url,
    redisPid: redis.pid,
    postgresPid: postgres.pid,
    ownerUrl,
    versions: { postgres: await postgresVersion(ownerUrl), redis: await redisVersion(redis.url) },
    createDatabase: async (name) => {
      await query(ownerUrl, `create database ${name}`);
      return postgres.urlOf(name);
    },
    emptyRedis: async () => {
      await withRedis(redis.url, (client) => client.flushall());
    },
    close: () => guardian.close(),
  };
}

/** A speed measured without durability is not the speed we promise. */
async function requireDurable(url: string): Promise<void> {
  const rows = await query<{ name: string; setting: string }>(
    url,
    `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')`,
  );
  const off = rows.filter((row) => row.setting !== 'on');
  if (off.length > 0)
    throw new Error(`Postgres runs with ${off.map((row) => `${row.name} = ${row.setting}`).join(', ')}`);
}

async function postgresVersion(url: string): Promise<string> {
  const [row] = await query<{ server_version: string }>(url, 'show server_version');
  return row?.server_version ?? 'unknown';
}

async function redisVersion(url: string): Promise<string> {
  const info = await withRedis(url, (client) => client.info('server'));
  return /(?:valkey|redis)_version:(\S+)/.exec(info)?.[1] ?? 'unknown';
}

async function withRedis<T>(url: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}
