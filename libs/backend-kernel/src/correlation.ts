import { newId } from './ids.js';

const allowed = /[^A-Za-z0-9._:-]/g;
const longest = 128;

/** One per request that brings none. */
export function newCorrelationId(): string {
  return newId();
}

/** One try of a request that its sender may repeat (`Idempotency-Key`): the row that remembers it, and which try it is. */
export interface RequestTry {
  readonly id: string;
  readonly attempt: number;
}

/** Who asked for a change, in the words of the audit, and under which correlation. */
export interface AskedBy {
  /** `key:<id of the API key>`. */
  readonly actor: string;
  readonly correlationId: string;
  /** From where, when it was asked over HTTP: the socket's address, or what a trusted proxy says (`TRUST_PROXY`). */
  readonly ip?: string | null;
  /** Set when the request may be repeated: the command does it once (`once` of backend-repositories/idempotency). */
  readonly once?: RequestTry;
}

/**
 * A correlation id given from outside, made safe for headers, logs and rows: letters, digits and `. _ : -` are kept,
 * at most 128 characters. Undefined when nothing usable is left.
 */
export function cleanCorrelationId(given: unknown): string | undefined {
  const first: unknown = Array.isArray(given) ? given[0] : given;
  if (typeof first !== 'string') return undefined;
  const clean = first.replace(allowed, '').slice(0, longest);
  return clean === '' ? undefined : clean;
}
