import { randomBytes } from 'node:crypto';
import type { Services } from './services.ts';

/** What one pipeline keeps to itself; fresh for each. */
export interface Secrets {
  readonly appPassword: string;
  readonly pepper: string;
  readonly apiKey: string;
}

export interface Ports {
  readonly port: number;
  readonly workerPort: number;
  readonly sandboxPort: number;
}

export type Environment = Readonly<Record<string, string>>;

export function newSecrets(): Secrets {
  return {
    appPassword: randomBytes(18).toString('hex'),
    pepper: randomBytes(32).toString('base64'),
    apiKey: `bench.${randomBytes(24).toString('hex')}`,
  };
}

/** The settings of backend and worker: the defaults, but for what names their servers and simulators. */
export function environment(
  services: Services,
  ownerUrl: string,
  secrets: Secrets,
  ports: Ports,
): Environment {
  const appUrl = new URL(ownerUrl);
  appUrl.username = 'visapi_app';
  appUrl.password = secrets.appPassword;
  const sandbox = `http://127.0.0.1:${ports.sandboxPort}`;
  return {
    // Simulators refuse production. An answer that does not fit its schema fails instead of being logged: the count sees it.
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    PORT: String(ports.port),
    WORKER_PORT: String(ports.workerPort),
    BACKEND_URL: `http://127.0.0.1:${ports.port}`,
    LOG_LEVEL: 'info',
    // What is measured is how much the system can do, not how much one caller may.
    RATE_LIMIT_ENABLED: 'false',
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
