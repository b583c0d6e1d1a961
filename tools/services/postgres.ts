import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Client } from 'pg';
import type { Guardian } from './guardian.ts';
import { freePort } from './ports.ts';
import { postgresBinaries, preparePostgresData } from './postgres-data.ts';
import { startService, type RunningService, type ServiceSpec } from './service.ts';
import { unprivileged } from './unprivileged.ts';

export interface PostgresOptions {
  /** The data directory; made when it is not there. Its parent is ours too. */
  readonly directory: string;
  readonly password: string;
  readonly logFile?: string;
  readonly port?: number;
  /** False = commits may be lost in a crash of the machine; for tests, never for a benchmark. */
  readonly durable?: boolean;
}

export interface PostgresService extends ServiceSpec {
  /** URL of the owner for the named database. */
  readonly urlOf: (database: string) => string;
}

const OWNER = 'postgres';

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // A socket path is limited to about 100 characters, a VISAPI_HOME is not.
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  max_wal_size: '1GB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  jit: 'off',
};

const NOT_DURABLE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** The server of the embedded default: real Postgres 17 on a loopback port, reached by password only. */
export async function postgresService(options: PostgresOptions): Promise<PostgresService> {
  const { directory, password, durable = true } = options;
  const binaries = await postgresBinaries();
  await mkdir(dirname(directory), { recursive: true, mode: 0o711 });
  const user = await unprivileged(binaries.postgres, [directory]);
  await preparePostgresData({ directory, password, owner: OWNER, initdb: binaries.initdb, user, durable });
  const port = await freePort(options.port);
  const settings = Object.entries({ ...SETTINGS, ...(durable ? {} : NOT_DURABLE), port: String(port) });
  const command = [...user.prefix, binaries.postgres, '-D', directory];
  command.push(...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]));
  const [file = '', ...args] = command;
  const urlOf = (database: string) => `postgres://${OWNER}:${password}@127.0.0.1:${port}/${database}`;
  return {
    name: 'postgres',
    file,
    args,
    uid: user.uid,
    gid: user.gid,
    cwd: '/',
    logFile: options.logFile ?? `${directory}.log`,
    stage: 4,
    // "Fast": open transactions are rolled back, then a checkpoint. SIGTERM would wait for every client to leave.
    stopSignal: 'SIGINT',
    patienceMs: 30_000,
    isReady: () => acceptsConnections(urlOf(OWNER)),
    urlOf,
  };
}

/** Starts a server that is not supervised; for tests and the benchmark. */
export async function startPostgres(
  options: PostgresOptions,
  guardian: Guardian,
): Promise<RunningService & Pick<PostgresService, 'urlOf'>> {
  const service = await postgresService(options);
  return { ...(await startService(service, guardian)), urlOf: service.urlOf };
}

/** Makes the database when it is not there yet. */
export async function ensureDatabase(service: PostgresService, name: string): Promise<void> {
  const client = new Client({ connectionString: service.urlOf(OWNER) });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (!rowCount) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

async function acceptsConnections(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // A server that goes away between two looks is reported here too; the look itself answers false.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') throw error;
    return false;
  } finally {
    await client.end();
  }
}
