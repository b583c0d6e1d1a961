import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isNativeError } from 'node:util/types';
import { type Client, visapi } from '#api-client';
import { readSettings } from '../launcher/settings.ts';
import { readJson } from '../services/files.ts';
import { Problem } from '../services/problem.ts';
import { type Refusal, refusal } from './api-refusal.ts';

type Environment = Readonly<Record<string, string | undefined>>;

type Query = Readonly<Record<string, string | undefined>>;

/** The backend, as a command asks it by the client that partners use. What it says against it is thrown as a Problem. */
export interface Api {
  /** @returns `data` of the answer */
  readonly get: <T>(path: string, query?: Query) => Promise<T>;
  /** Everything that a list holds, page after page. */
  readonly all: <T>(path: string, query?: Query) => Promise<T[]>;
  readonly send: <T>(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: object) => Promise<T>;
  /** For what the others do not tell: where a list goes on. */
  readonly ask: (request: ApiRequest) => Promise<Answer>;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below `/api/v1/`. */
  readonly path: string;
  readonly query?: Query;
  readonly body?: object | undefined;
}

export interface Answer extends Refusal {
  readonly data?: unknown;
  readonly pagination?: { readonly nextCursor?: string | null; readonly totalPages?: number };
}

interface Address {
  readonly url: string;
  readonly key: string;
}

/** A little longer than the API gives its slowest routes. */
const patienceMs = 65_000;
/** How often a caller that asks too much waits for its turn before it gives up. */
const mostWaits = 5;

/** @throws Problem when no backend, or no key for it, is named */
export async function openApi(env: Environment): Promise<Api> {
  const { url, key } = await findBackend(env);
  const client = visapi({ baseUrl: url, credential: key });
  const ask = async (request: ApiRequest) => await answerOf(client, url, request);
  return {
    ask,
    get: async <T>(path: string, query: Query = {}) => (await ask({ method: 'GET', path, query })).data as T,
    all: async <T>(path: string, query: Query = {}) => {
      const items: T[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: Query = { ...query, perPage: '200', cursor };
        const answer: Answer = await ask({ method: 'GET', path, query: page });
        items.push(...(answer.data as T[]));
        cursor = answer.pagination?.nextCursor ?? null;
      }
      return items;
    },
    send: async <T>(method: ApiRequest['method'], path: string, body?: object) =>
      (await ask({ method, path, body })).data as T,
  };
}

/** Where the backend is, and the key that it is asked with. */
async function findBackend(env: Environment): Promise<Address> {
  const file = join(readSettings(env).home, 'dev.json');
  const running = env['VISAPI_URL']
    ? undefined
    : await readJson<{ readonly backendUrl?: string; readonly adminApiKey?: string }>(file);
  const url = env['VISAPI_URL'] ?? running?.backendUrl;
  const key = env['VISAPI_API_KEY'] ?? running?.adminApiKey;
  if (!url)
    throw new Problem(
      `no backend found: VISAPI_URL is not set, and there is no ${file} that names one`,
      'Start one with npm start (and set VISAPI_HOME as it does), or set VISAPI_URL and VISAPI_API_KEY.',
    );
  if (!key)
    throw new Problem(
      'VISAPI_API_KEY is not set',
      `Set it to a key of ${url} that holds the scopes this needs.`,
    );
  return { url: url.replace(/\/+$/, ''), key };
}

async function answerOf(client: Client, url: string, request: ApiRequest): Promise<Answer> {
  for (let waits = 0; ; waits += 1) {
    const { data, error, response } = await send(client, request);
    if (!response || isBroken(error)) throw unanswered(url, error);
    if (response.ok && error === undefined) return data as Answer;
    const seconds = Number(response.headers.get('retry-after'));
    if (response.status !== 429 || waits === mostWaits || !(seconds > 0))
      throw refusal(response.status, error as Answer);
    process.stderr.write(`The backend asks to wait: going on in ${seconds} s\n`);
    await pause(seconds * 1_000);
  }
}

async function send(client: Client, { method, path, query, body }: ApiRequest) {
  return await client.request({
    method,
    url: `/api/v1/${path}`,
    query,
    // A page of whatever stands before the backend is no answer of it, whatever its status.
    parseAs: 'json',
    ...(body ? { body, headers: { 'content-type': 'application/json' } } : {}),
    signal: AbortSignal.timeout(patienceMs),
  });
}

/** Whether the connection did not last until the end of the answer; what cannot be read has come nevertheless. */
function isBroken(error: unknown): boolean {
  const isError = isNativeError(error) || error instanceof DOMException;
  return isError && error.name !== 'SyntaxError';
}

function unanswered(url: string, cause: unknown): Problem {
  return new Problem(
    `the backend at ${url} does not answer${why(cause)}`,
    'Start one with npm start, or see that VISAPI_URL (else the dev.json in $VISAPI_HOME) names one that runs.',
    { cause },
  );
}

/** What the platform knows of it: `fetch failed` alone helps nobody. */
function why(error: unknown): string {
  const { cause, name } = error as { readonly cause?: { readonly code?: string }; readonly name?: string };
  const word = cause?.code ?? (name === 'TimeoutError' ? 'no answer in time' : undefined);
  return word === undefined ? '' : ` (${word})`;
}
