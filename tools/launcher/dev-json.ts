import type { Urls } from './environment.ts';
import type { Secrets } from './secrets.ts';

export const PROCESS_NAMES = ['backend', 'worker', 'sandbox', 'postgres', 'redis', 'auth'] as const;

export type ProcessName = (typeof PROCESS_NAMES)[number];

export type Pids = Readonly<Record<ProcessName, readonly number[]>>;

export interface Administrator {
  readonly email: string;
  readonly password: string;
}

/** The file that tells tools how to reach a running system. */
export function devJson(
  urls: Urls,
  secrets: Secrets,
  admin: Administrator,
  pids: Pids,
): Record<string, unknown> {
  return {
    backendUrl: urls.backend,
    workerUrl: urls.worker,
    sandboxUrl: urls.sandbox,
    redisUrl: urls.redis,
    supabaseUrl: urls.supabase,
    databaseUrl: urls.database,
    appDatabaseUrl: urls.appDatabase,
    adminApiKey: secrets.adminApiKey,
    viziApiKey: secrets.viziApiKey,
    adminEmail: admin.email,
    adminPassword: admin.password,
    pids: Object.fromEntries(PROCESS_NAMES.map((name) => [name, oneOrSeveral(pids[name])])),
  };
}

/** A number for one process, an array for several, an empty array for none. */
function oneOrSeveral(pids: readonly number[]): number | readonly number[] {
  return pids.length === 1 && pids[0] !== undefined ? pids[0] : pids;
}
