import type { CbbConfig } from '@visapi/backend-config';
import type { z } from 'zod';
import type { RateGate } from '../rate-gate.js';
import { type CallOptions, readJson, type VendorAnswer, VendorConnection } from '../vendor-connection.js';
import { VendorError } from '../vendor-error.js';
import { failure } from './schemas.js';

export type { CallOptions } from '../vendor-connection.js';

type Body = { readonly json: object } | { readonly form: Readonly<Record<string, string>> } | undefined;

const largestAnswer = 1024 * 1024;

/** One HTTP call to CBB, and the meaning of every way it can end. */
export class CbbTransport {
  private readonly connection: VendorConnection;

  constructor(
    private readonly config: Pick<CbbConfig, 'url' | 'apiKey' | 'timeoutMs'>,
    gate: RateGate,
    connections: number,
  ) {
    const { url, timeoutMs } = config;
    this.connection = new VendorConnection('cbb', { url, timeoutMs, connections, largestAnswer }, gate);
  }

  /** Resolves when the vendor's rate lets one more call through. */
  async turn(signal?: AbortSignal): Promise<void> {
    await this.connection.turn(signal);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  /** @throws VendorError */
  async call<T>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body: Body,
    schema: z.ZodType<T>,
    options: CallOptions,
  ): Promise<T> {
    const headers = { 'x-access-token': this.config.apiKey ?? '', ...contentType(body) };
    const answer = await this.connection.send({ method, path, headers, body: encode(body) }, options);
    return interpret(answer, schema);
  }
}

function contentType(body: Body): Readonly<Record<string, string>> {
  if (!body) return {};
  return { 'content-type': 'json' in body ? 'application/json' : 'application/x-www-form-urlencoded' };
}

function encode(body: Body): string | undefined {
  return body && ('json' in body ? JSON.stringify(body.json) : new URLSearchParams(body.form).toString());
}

function interpret<T>({ status, text, retryAfterMs }: VendorAnswer, schema: z.ZodType<T>): T {
  const facts = { status };
  if (status === 429) throw new VendorError('cbb', 'unavailable', 'http-429', { status, retryAfterMs });
  // The token or the account is refused, not this request: it stays owed until somebody mends that.
  if ([401, 402, 403].includes(status)) throw new VendorError('cbb', 'unavailable', `http-${status}`, facts);
  if (status >= 400 && status < 500) throw new VendorError('cbb', 'rejected', `http-${status}`, facts);
  if (status !== 200 && status !== 201) throw new VendorError('cbb', 'unknown', `http-${status}`, facts);
  const parsed = readJson(text);
  if (parsed === undefined) throw new VendorError('cbb', 'unknown', 'unreadable-answer', facts);
  if (failure.safeParse(parsed.value).success)
    throw new VendorError('cbb', 'unavailable', 'success-false', facts);
  const answer = schema.safeParse(parsed.value);
  if (!answer.success) throw new VendorError('cbb', 'unexpected', 'unexpected-shape', facts);
  return answer.data;
}
