import { CacheModule, keys } from '@visapi/backend-cache';
import type { AuthConfig } from '@visapi/backend-config';
import { createHttpApp, limitsRedis } from '@visapi/backend-http';
import { MailClient } from '@visapi/backend-providers';
import { FakeMailClient } from '@visapi/backend-providers/fake/resend';
import {
  provideGlobally,
  quietLog,
  quietProcess,
  type takeTestRedis,
  type TestDatabase,
  testRoot,
} from '@visapi/backend-testing';
import { AccessModule } from '../src/http/access-http.module.js';
import type { AuthProvider } from '../src/sessions/auth-provider.js';
import { FakeAuth } from '../src/sessions/fake-auth.js';

const jwtSecret = 'a-shared-key-of-an-invented-project-0123456789';
const projectUrl = 'http://127.0.0.1:9';
const pepper = 'pepper-of-a-test';
export const password = 'Korrekt-Pferd-7';
const http = { port: 0, host: '127.0.0.1', reusePort: false, trustProxy: '10.1.0.0/16' };

const authConfig: AuthConfig = {
  url: projectUrl,
  anonKey: 'sb_publishable_x',
  serviceRoleKey: undefined,
  jwtSecret,
  emailDomains: ['visanet.app'],
  redirects: ['https://staff.visanet.app/welcome'],
  publicUrl: 'https://api.visanet.app',
  hookSecret: `v1,whsec_${Buffer.alloc(32, 5).toString('base64')}`,
};

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly data: never;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly details?: readonly { readonly path: string; readonly message: string }[];
  };
  readonly cookies: readonly { readonly name: string; readonly value: string; readonly path?: string }[];
}

export interface Sent {
  readonly body?: object | string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly from?: string;
}

type Redis = Awaited<ReturnType<typeof takeTestRedis>>;
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One backend with everything that people sign in with, on a fake Auth server unless another is given. */
export async function openDoor(
  test: Pick<TestDatabase, 'url'>,
  redis: Pick<Redis, 'url' | 'redis'>,
  /** null = the real one, as configured */
  provider: AuthProvider | null = new FakeAuth(projectUrl, jwtSecret),
  auth: Partial<AuthConfig> = {},
) {
  const mails = new FakeMailClient();
  const given = new Map<symbol | object, unknown>([
    [limitsRedis, redis.redis],
    [MailClient, mails],
  ]);
  const pace = { refusal: 0, mail: 0, signUp: 0 };
  const sessions = { auth: { ...authConfig, ...auth }, origins: [], pace, provider: provider ?? undefined };
  const root = testRoot(test.url, [
    CacheModule.forRoot(
      { redisUrl: undefined, ttlDefault: 300, ttlAuth: 900 },
      { url: redis.url, publicUrl: undefined },
      keys,
    ),
    provideGlobally(given),
    AccessModule.forRoot({ pepper, keyExpiryDays: 90 }, quietProcess, sessions),
  ]);
  const { app, close } = await createHttpApp(root, { http, process: quietProcess }, quietLog);
  const ask = async (method: Method, path: string, sent: Sent = {}): Promise<Answer> => {
    const { body, token, headers, from = '203.0.113.7' } = sent;
    const answer = await app.inject({
      method,
      url: `/api/v1/${path}`,
      remoteAddress: from,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
      ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const parsed = answer.json<Omit<Answer, 'status' | 'headers' | 'cookies'>>();
    const cookies = answer.cookies as Answer['cookies'];
    return { ...parsed, status: answer.statusCode, headers: answer.headers, cookies };
  };
  return { app, ask, close, mails, provider };
}

export type Door = Awaited<ReturnType<typeof openDoor>>;

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Signs somebody up and in. */
export async function comeIn({ ask }: Pick<Door, 'ask'>, email: string): Promise<Tokens> {
  await ask('POST', 'auth/signup', { body: { email, password } });
  const { status, data, error } = await ask('POST', 'auth/signin', { body: { email, password } });
  if (status !== 200) throw new Error(`${email} cannot sign in: ${status} ${error?.message}`);
  return data;
}

/** What a browser keeps of an answer, and what its page adds. */
export function browserOf({ cookies, data }: Pick<Answer, 'cookies'> & { readonly data: unknown }) {
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const { csrfToken } = data as { readonly csrfToken: string };
  return { cookie, csrf: { cookie, 'x-csrf-token': csrfToken } };
}
