import { createHttpApp } from '@visapi/backend-http';
import { CacheModule, keys as families } from '@visapi/backend-cache';
import { quietLog, quietProcess, type TestDatabase, testRoot } from '@visapi/backend-testing';
import { AccessModule } from '../src/http.js';
import { seedApiKeys } from '../src/seed.js';

export const pepper = 'pepper-of-a-test-that-is-long-enough';

export interface Key {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly state: string;
  readonly scopes: string[];
  readonly allowedNetworks: string[];
  readonly createdBy: string;
  readonly expiresAt: string | null;
  readonly previousExpiresAt: string | null;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
  readonly key: string;
}

export interface Answer<T> {
  readonly status: number;
  readonly data: T;
  readonly pagination: { readonly total: number; readonly nextCursor: string | null };
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details?: readonly { readonly path: string; readonly message: string }[];
  };
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

interface Asked {
  readonly body?: object;
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A backend with the routes of keys alone, on a database and a cache that others may share. */
export async function startKeyBackend(test: TestDatabase, redisUrl: string, trustProxy?: string) {
  const http = { port: 0, host: '127.0.0.1', reusePort: false, trustProxy };
  const cache = { redisUrl: undefined, ttlDefault: 300, ttlAuth: 900 };
  const root = testRoot(test.url, [
    CacheModule.forRoot(cache, { url: redisUrl, publicUrl: undefined }, families),
    AccessModule.forRoot({ pepper, keyExpiryDays: 90 }, quietProcess),
  ]);
  const started = await createHttpApp(root, { http, process: quietProcess }, quietLog);
  type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
  const ask = async <T = Key>(
    method: Method,
    path: string,
    key: string,
    asked: Asked = {},
  ): Promise<Answer<T>> => {
    const answer = await started.app.inject({
      method,
      url: `/api/v1/${path}`,
      headers: { 'x-api-key': key, ...asked.headers },
      ...(asked.body ? { payload: JSON.stringify(asked.body) } : {}),
      ...(asked.from ? { remoteAddress: asked.from } : {}),
    });
    const { statusCode: status, headers, body: text } = answer;
    return { ...answer.json<Omit<Answer<T>, 'status' | 'headers' | 'text'>>(), status, headers, text };
  };
  return { ...started, ask };
}

export type KeyBackend = Awaited<ReturnType<typeof startKeyBackend>>;

/** Keys as an installation brings them, `<name>.s3cret`. */
export async function seedKeys(test: TestDatabase, scopesOf: Readonly<Record<string, readonly string[]>>) {
  const keys = Object.entries(scopesOf).map(([name, scopes]) => ({ name, key: `${name}.s3cret`, scopes }));
  await seedApiKeys({ databaseUrl: test.ownerUrl, pepper, keys });
}

/** What the history tells of a key, oldest first. */
export async function factsOf(test: TestDatabase, id: string) {
  return await test.query<{
    type: string;
    version: number;
    actor: string;
    ip: string | null;
    payload: object;
  }>(
    `select type, aggregate_version as version, actor, ip, payload from events
     where aggregate_type = 'api-key' and aggregate_id = $1 and type <> 'api-key.used' order by position`,
    [id],
  );
}
