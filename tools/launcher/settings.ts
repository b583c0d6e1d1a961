import { resolve } from 'node:path';
import { Problem } from '../services/problem.ts';

export const REPOSITORY = resolve(import.meta.dirname, '..', '..');

export interface Settings {
  readonly home: string;
  readonly backendPort: number;
  readonly workerPort: number;
  readonly sandboxPort: number;
  /** Servers the user brought; undefined = the embedded one. */
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly supabaseUrl: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function readSettings(env: Environment): Settings {
  const settings = {
    home: resolve(REPOSITORY, env['VISAPI_HOME'] || '.visapi'),
    backendPort: port(env, 'PORT', 3000),
    workerPort: port(env, 'WORKER_PORT', 3001),
    sandboxPort: port(env, 'SANDBOX_PORT', 3002),
    databaseUrl: env['DATABASE_URL'] || undefined,
    redisUrl: env['REDIS_PUBLIC_URL'] || env['REDIS_URL'] || undefined,
    supabaseUrl: env['SUPABASE_URL'] || undefined,
  };
  const { backendPort, workerPort, sandboxPort } = settings;
  if (new Set([backendPort, workerPort, sandboxPort]).size < 3) {
    throw new Problem('PORT, WORKER_PORT and SANDBOX_PORT must differ', 'Set each to a port of its own.');
  }
  return settings;
}

function port(env: Environment, name: string, otherwise: number): number {
  const given = env[name] || String(otherwise);
  const value = /^\d{1,5}$/.test(given) ? Number(given) : NaN;
  if (value >= 1 && value <= 65_535) return value;
  throw new Problem(
    `${name} must be a port number, not "${given}"`,
    `Set ${name} to a number from 1 to 65535.`,
  );
}
