/** Stands in for `k6/http`: `asyncRequest` alone, over kept connections; a duration includes the time to connect. */
import { performance } from 'node:perf_hooks';
import { Agent, request } from 'undici';
import { builtIn } from './metrics.ts';

interface Params {
  readonly headers?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

interface Answer {
  /** 0: no answer. */
  readonly status: number;
  /** By name in capitals, as k6 has them: `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** As long as k6 waits. */
const PATIENCE = 60_000;
const dispatcher = new Agent({ connections: 300, headersTimeout: PATIENCE, bodyTimeout: PATIENCE });

async function asyncRequest(method: 'GET' | 'POST', url: string, body: string | null, params: Params) {
  const begun = performance.now();
  const answer = await ask(method, url, body, params.headers ?? {});
  builtIn.duration.add(performance.now() - begun, params.tags);
  builtIn.failed.add(answer.status < 200 || answer.status > 399, params.tags);
  return { ...answer, json: () => JSON.parse(answer.body) as unknown };
}

async function ask(
  method: 'GET' | 'POST',
  url: string,
  body: string | null,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  try {
    const answer = await request(url, { method, body, headers, dispatcher });
    const named = Object.entries(answer.headers).map(([name, value]) => [capitals(name), String(value)]);
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: Object.fromEntries(named), body: text };
  } catch {
    return { status: 0, headers: {}, body: '' };
  }
}

function capitals(name: string): string {
  return name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

export default { asyncRequest };
