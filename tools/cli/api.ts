import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readSettings } from '../launcher/settings.ts';
import { readJson } from '../services/files.ts';
import { Problem } from '../services/problem.ts';

type Environment = Readonly<Record<string, string | undefined>>;

type Query = Readonly<Record<string, string | undefined>>;

/** The backend, as a command asks it over HTTP. What it says against it is thrown as a Problem. */
export interface Api {
  /** @returns `data` of the answer */
  readonly get: <T>(path: string, query?: Query) => Promise<T>;
  /** Everything that a list holds, page after page. */
  readonly all: <T>(path: string, query?: Query) => Promise<T[]>;
  readonly send: <T>(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: object) => Promise<T>;
}

interface Address {
  readonly url: string;
  readonly key: string;
}

interface Answer {
  readonly data?: unknown;
  readonly pagination?: { readonly nextCursor?: string | null };
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly details?: readonly { readonly path: string; readonly message: string }[];
  };
}

const patienceMs = 30_000;
/** How often a caller that asks too much waits for its turn before it gives up. */
const mostWaits = 5;

/** @throws Problem when no backend, or no key for it, is named */
export async function openApi(env: Environment): Promise<Api> {
  const address = await findBackend(env);
  return {
    get: async <T>(path: string, query: Query = {}) =>
      (await answerOf(address, 'GET', withQuery(path, query))).data as T,
    all: async <T>(path: string, query: Query = {}) => {
      const items: T[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page = withQuery(path, { ...query, perPage: '200', cursor });
        const answer: Answer = await answerOf(address, 'GET', page);
        items.push(...(answer.data as T[]));
        cursor = answer.pagination?.nextCursor ?? null;
      }
      return items;
    },
    send: async <T>(method: string, path: string, body?: object) =>
      (await answerOf(address, method, path, body)).data as T,
  };
}

function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]]));
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given as [string, string][]).toString()}`;
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

async function answerOf(address: Address, method: string, path: string, body?: object): Promise<Answer> {
  for (let waits = 0; ; waits += 1) {
    const response = await send(address, method, path, body);
    const answer = (await response.json().catch(() => ({}))) as Answer;
    if (response.ok) return answer;
    const seconds = Number(response.headers.get('retry-after'));
    if (response.status !== 429 || waits === mostWaits || !(seconds > 0)) throw refusal(response, answer);
    process.stderr.write(`The backend asks to wait: going on in ${seconds} s\n`);
    await pause(seconds * 1_000);
  }
}

async function send({ url, key }: Address, method: string, path: string, body?: object): Promise<Response> {
  try {
    return await fetch(`${url}/api/v1/${path}`, {
      method,
      headers: { 'x-api-key': key, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(patienceMs),
    });
  } catch (cause) {
    throw new Problem(
      `the backend at ${url} does not answer`,
      'See that it runs, and that VISAPI_URL (or the dev.json in $VISAPI_HOME) names it.',
      { cause },
    );
  }
}

function refusal(response: Response, { error }: Answer): Problem {
  if (!error) return new Problem(`the backend answered ${response.status}`, 'Look at its log.');
  const details = (error.details ?? []).map(({ path, message }) => `${path}: ${message}`).join('\n');
  const hint = { 401: 'Set VISAPI_API_KEY to a key that is known there.', 404: 'Look at the list.' }[
    response.status
  ];
  return new Problem(error.message, details || (hint ?? `The backend answered ${error.code}.`));
}
