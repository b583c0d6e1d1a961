import type { CbbConfig } from '@visapi/backend-config';
import { Pool } from 'undici';
import type { z } from 'zod';
import type { RateGate } from '../rate-gate.js';
import { type VendorErrorKind, VendorError } from '../vendor-error.js';
import { failure } from './schemas.js';

export interface CallOptions {
  readonly correlationId: string;
  readonly signal?: AbortSignal;
  /** The caller has waited for its turn before it claimed what it is about to do. */
  readonly paced?: boolean;
}

type Body = { readonly json: object } | { readonly form: Readonly<Record<string, string>> } | undefined;

const largestAnswer = 1024 * 1024;

/** One HTTP call to CBB: timeout, correlation, and the meaning of every way it can end. */
export class CbbTransport {
  private readonly pool: Pool;
  private readonly basePath: string;

  constructor(
    private readonly config: Pick<CbbConfig, 'url' | 'apiKey' | 'timeoutMs'>,
    private readonly gate: RateGate,
    connections: number,
  ) {
    const url = new URL(config.url);
    this.basePath = url.pathname.replace(/\/$/, '');
    this.pool = new Pool(url.origin, {
      connections,
      pipelining: 1,
      keepAliveTimeout: 20_000,
      connectTimeout: Math.min(config.timeoutMs, 10_000),
      headersTimeout: config.timeoutMs,
      bodyTimeout: config.timeoutMs,
      maxResponseSize: largestAnswer,
    });
  }

  /** Resolves when the vendor's rate lets one more call through. */
  async turn(signal?: AbortSignal): Promise<void> {
    await this.gate.pass(signal);
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  /** @throws VendorError */
  async call<T>(
    method: 'GET' | 'POST',
    path: string,
    body: Body,
    schema: z.ZodType<T>,
    options: CallOptions,
  ): Promise<T> {
    if (!options.paced) await this.turn(options.signal);
    const timeout = AbortSignal.timeout(this.config.timeoutMs);
    const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
    const { status, text, retryAfter } = await this.send(method, path, body, options.correlationId, signal);
    return interpret(status, text, retryAfter, schema);
  }

  private async send(
    method: 'GET' | 'POST',
    path: string,
    body: Body,
    correlationId: string,
    signal: AbortSignal,
  ) {
    const headers: Record<string, string> = {
      'x-access-token': this.config.apiKey ?? '',
      'x-correlation-id': correlationId,
      accept: 'application/json',
    };
    if (body)
      headers['content-type'] = 'json' in body ? 'application/json' : 'application/x-www-form-urlencoded';
    try {
      const response = await this.pool.request({
        method,
        path: `${this.basePath}${path}`,
        headers,
        body:
          body && ('json' in body ? JSON.stringify(body.json) : new URLSearchParams(body.form).toString()),
        signal,
      });
      const retryAfter = response.headers['retry-after'];
      return {
        status: response.statusCode,
        text: await response.body.text(),
        retryAfter: String(retryAfter ?? ''),
      };
    } catch (error) {
      throw notAnswered(error);
    }
  }
}

/** Errors that arise before a byte of the request left us: certainly not done. */
const neverSent = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

function notAnswered(error: unknown): VendorError {
  const code = codeOf(error);
  const kind: VendorErrorKind = neverSent.includes(code) ? 'unavailable' : 'unknown';
  return new VendorError('cbb', kind, code.toLowerCase().replaceAll('_', '-'), { cause: error });
}

function codeOf(error: unknown): string {
  const { code, name, errors } = error as { code?: unknown; name?: unknown; errors?: unknown };
  if (typeof code === 'string') return code;
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0]);
  return typeof name === 'string' ? name : 'no-answer';
}

function interpret<T>(status: number, text: string, retryAfter: string, schema: z.ZodType<T>): T {
  const facts = { status };
  if (status === 429)
    throw new VendorError('cbb', 'unavailable', 'http-429', {
      status,
      retryAfterMs: readRetryAfter(retryAfter),
    });
  // The token or the account is refused, not this request: it stays owed until somebody mends that.
  if (status === 401 || status === 403) throw new VendorError('cbb', 'unavailable', `http-${status}`, facts);
  if (status >= 400 && status < 500) throw new VendorError('cbb', 'rejected', `http-${status}`, facts);
  if (status !== 200 && status !== 201) throw new VendorError('cbb', 'unknown', `http-${status}`, facts);
  const parsed = parse(text);
  if (parsed === undefined) throw new VendorError('cbb', 'unknown', 'unreadable-answer', facts);
  if (failure.safeParse(parsed.value).success)
    throw new VendorError('cbb', 'unavailable', 'success-false', facts);
  const answer = schema.safeParse(parsed.value);
  if (!answer.success) throw new VendorError('cbb', 'unexpected', 'unexpected-shape', facts);
  return answer.data;
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A vendor that asks for longer is asked again earlier: nothing may be parked by one odd header. */
const longestRetryAfterMs = 120_000;

/** Retry-After in seconds or as a date (RFC 9110, 10.2.3), in milliseconds from now. */
function readRetryAfter(value: string): number | undefined {
  const wanted = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(wanted) ? undefined : Math.min(Math.max(0, wanted), longestRetryAfterMs);
}
