import type { AirtableConfig } from '@visapi/backend-config';
import type { z } from 'zod';
import type { RateGate } from '../rate-gate.js';
import { type CallOptions, readJson, type VendorAnswer, VendorConnection } from '../vendor-connection.js';
import { VendorError } from '../vendor-error.js';
import { refusal } from './schemas.js';

/** A page of a hundred records with long notes. */
const largestAnswer = 8 * 1024 * 1024;
/** More than 5 requests in a second shut the base for this long. https://airtable.com/developers/web/api/rate-limits */
const penaltyMs = 30_000;

/**
 * One question to Airtable. Asking changes nothing, so no outcome is unknown: what is not answered is `unavailable`.
 *
 * | Ends as                                                            | Kind          |
 * | ------------------------------------------------------------------ | ------------- |
 * | no connection, time-out, reset, 5xx, not JSON                       | `unavailable` |
 * | 429                                                                 | `unavailable`, after 30 s at least |
 * | 401, 403, 404: the token or an id in the settings is refused        | `unavailable` |
 * | 422 for a page whose list has expired (`offset-expired`): start over | `unavailable` |
 * | other 4xx                                                           | `rejected`    |
 * | JSON of another shape                                               | `unexpected`  |
 */
export class AirtableTransport {
  private readonly connection: VendorConnection;

  constructor(
    private readonly config: Pick<AirtableConfig, 'url' | 'apiKey' | 'timeoutMs'>,
    gate: RateGate,
    connections: number,
  ) {
    const { url, timeoutMs } = config;
    this.connection = new VendorConnection('airtable', { url, timeoutMs, connections, largestAnswer }, gate);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  /** @throws VendorError */
  async get<T>(
    path: readonly string[],
    query: Readonly<Record<string, string>>,
    schema: z.ZodType<T>,
    options: CallOptions,
  ): Promise<T> {
    const request = {
      method: 'GET',
      path: `/v0/${path.map(encodeURIComponent).join('/')}?${new URLSearchParams(query).toString()}`,
      headers: { authorization: `Bearer ${this.config.apiKey ?? ''}` },
    } as const;
    return interpret(await this.connection.send(request, options).catch(unanswered), schema);
  }
}

function unanswered(error: unknown): never {
  if (!(error instanceof VendorError) || error.kind !== 'unknown') throw error;
  throw new VendorError('airtable', 'unavailable', error.reason, { cause: error });
}

const ofTheSettings = [401, 403, 404];

function interpret<T>({ status, text, retryAfterMs = 0 }: VendorAnswer, schema: z.ZodType<T>): T {
  const facts = { status };
  if (status === 429) {
    const wait = { ...facts, retryAfterMs: Math.max(retryAfterMs, penaltyMs) };
    throw new VendorError('airtable', 'unavailable', 'http-429', wait);
  }
  const parsed = readJson(text);
  if (status >= 400 && status < 500) throw refused(status, parsed?.value);
  if (status !== 200) throw new VendorError('airtable', 'unavailable', `http-${status}`, facts);
  if (parsed === undefined) throw new VendorError('airtable', 'unavailable', 'unreadable-answer', facts);
  const answer = schema.safeParse(parsed.value);
  if (!answer.success) throw new VendorError('airtable', 'unexpected', 'unexpected-shape', facts);
  return answer.data;
}

/** Airtable's own word for it ("VIEW_NAME_NOT_FOUND") tells whoever mends the settings which one is wrong. */
function refused(status: number, body: unknown): VendorError {
  const word = refusal.safeParse(body).data?.error ?? '';
  if (word === 'LIST_RECORDS_ITERATOR_NOT_AVAILABLE')
    return new VendorError('airtable', 'unavailable', 'offset-expired', { status });
  const kind = ofTheSettings.includes(status) ? 'unavailable' : 'rejected';
  const named = /^[A-Z_]{3,60}$/.test(word) ? ` ${word.toLowerCase().replaceAll('_', '-')}` : '';
  return new VendorError('airtable', kind, `http-${status}${named}`, { status });
}
