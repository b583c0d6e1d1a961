import { currentDeadline } from '@visapi/backend-kernel';
import { Pool } from 'undici';
import type { HearAnswer } from './answer-record.js';
import { CallEnd } from './call-end.js';
import type { RateGate } from './rate-gate.js';
import { type VendorErrorKind, VendorError } from './vendor-error.js';

export interface CallOptions {
  readonly correlationId: string;
  readonly signal?: AbortSignal;
  /** The caller has waited for its turn before it claimed what it is about to do. */
  readonly paced?: boolean;
  readonly heard?: HearAnswer;
}

export interface VendorRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the vendor's base URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer of any status, read to its end. */
export interface VendorAnswer {
  readonly status: number;
  readonly text: string;
  /** What Retry-After asks for, from now. */
  readonly retryAfterMs: number | undefined;
}

interface ConnectionOptions {
  readonly url: string;
  readonly timeoutMs: number;
  readonly connections: number;
  /** Bytes; a longer answer counts as none. */
  readonly largestAnswer: number;
}

/** Kept connections to one vendor: rate, timeout, correlation id, and a word for every way to get no answer. */
export class VendorConnection {
  private readonly pool: Pool;
  private readonly basePath: string;
  private readonly timeoutMs: number;

  constructor(
    private readonly vendor: string,
    { url, timeoutMs, connections, largestAnswer }: ConnectionOptions,
    private readonly gate: RateGate,
  ) {
    const base = new URL(url);
    this.basePath = base.pathname.replace(/\/$/, '');
    this.timeoutMs = timeoutMs;
    this.pool = new Pool(base.origin, {
      connections,
      pipelining: 1,
      keepAliveTimeout: 20_000,
      connectTimeout: Math.min(timeoutMs, 10_000),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: largestAnswer,
    });
  }

  /** Resolves when the vendor's rate lets one more call through. */
  async turn(signal?: AbortSignal): Promise<void> {
    if (!this.gate.isLimited) return;
    const deadline = currentDeadline();
    const end = new CallEnd([signal, deadline]);
    try {
      await this.gate.pass(end.signal);
    } catch (error) {
      deadline?.throwIfAborted();
      throw error;
    } finally {
      end.release();
    }
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  /**
   * The call ends with the deadline of whoever waits for it.
   * @throws VendorError when there is no answer: `unavailable` when nothing was sent, else `unknown`; the deadline's error
   */
  async send(request: VendorRequest, options: CallOptions): Promise<VendorAnswer> {
    if (!options.paced) await this.turn(options.signal);
    const deadline = currentDeadline();
    const end = new CallEnd([options.signal, deadline], this.timeoutMs);
    try {
      const response = await this.pool.request({
        method: request.method,
        path: `${this.basePath}${request.path}`,
        headers: {
          accept: 'application/json',
          ...request.headers,
          'x-correlation-id': options.correlationId,
        },
        body: request.body,
        signal: end.signal,
      });
      const retryAfterMs = readRetryAfter(String(response.headers['retry-after'] ?? ''));
      const bytes = await response.body.bytes();
      options.heard?.(response.statusCode, bytes);
      return { status: response.statusCode, text: new TextDecoder().decode(bytes), retryAfterMs };
    } catch (error) {
      deadline?.throwIfAborted();
      throw notAnswered(this.vendor, error);
    } finally {
      end.release();
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

function notAnswered(vendor: string, error: unknown): VendorError {
  const code = codeOf(error);
  const kind: VendorErrorKind = neverSent.includes(code) ? 'unavailable' : 'unknown';
  return new VendorError(vendor, kind, code.toLowerCase().replaceAll('_', '-'), { cause: error });
}

function codeOf(error: unknown): string {
  const { code, name, errors } = error as { code?: unknown; name?: unknown; errors?: unknown };
  if (typeof code === 'string') return code;
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0]);
  return typeof name === 'string' ? name : 'no-answer';
}

/** A vendor that asks for longer is asked again earlier: nothing may be parked by one odd header. */
const longestRetryAfterMs = 120_000;

/** Retry-After in seconds or as a date (RFC 9110, 10.2.3), in milliseconds from now. */
function readRetryAfter(value: string): number | undefined {
  const wanted = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(wanted) ? undefined : Math.min(Math.max(0, wanted), longestRetryAfterMs);
}

/** The JSON of an answer; undefined when it is none. */
export function readJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
