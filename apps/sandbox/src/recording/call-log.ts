import { parseJson } from '../json.js';
import type { CallMode, Vendor } from '../faults/fault.js';

/** `accepted`: done; `rejected`: the vendor's own refusal; else the fault that struck. */
export type Outcome = 'accepted' | 'rejected' | CallMode;

export interface RecordedCall {
  readonly index: number;
  readonly at: number;
  readonly vendor: Vendor;
  readonly method: string;
  readonly path: string;
  /** Raw bytes: parsed only when somebody reads the log, as a benchmark makes very many calls and reads few. */
  readonly raw: Buffer | undefined;
  readonly contentType: string | undefined;
  readonly correlationId: string | undefined;
  outcome: Outcome;
}

export interface CallFilter {
  readonly vendor?: Vendor | undefined;
  /** First index, or first time (epoch milliseconds). */
  readonly since?: { readonly index: number } | { readonly at: number } | undefined;
}

/** The last `capacity` vendor calls in the order they came. */
export class CallLog {
  #calls: RecordedCall[] = [];
  #next = 0;
  #first = 0;

  constructor(private readonly capacity = 200_000) {}

  /** Index the next call will get. */
  get next(): number {
    return this.#next;
  }

  record(call: Omit<RecordedCall, 'index'>): RecordedCall {
    const recorded: RecordedCall = { ...call, index: this.#next };
    this.#calls[this.#next % this.capacity] = recorded;
    this.#next += 1;
    return recorded;
  }

  /** Forgets the calls; indexes go on, so that a reader's `since` stays meaningful. */
  clear(): void {
    this.#calls = [];
    this.#first = this.#next;
  }

  *select(filter: CallFilter): Generator<RecordedCall> {
    const { vendor, since } = filter;
    const from = since !== undefined && 'index' in since ? since.index : 0;
    const after = since !== undefined && 'at' in since ? since.at : 0;
    const end = this.#next;
    for (let index = Math.max(from, this.#first, end - this.capacity); index < end; index += 1) {
      const call = this.#calls[index % this.capacity];
      // A slow reader may find a slot overwritten, or the log cleared, meanwhile.
      if (call?.index !== index || call.at < after) continue;
      if (vendor === undefined || call.vendor === vendor) yield call;
    }
  }
}

/** A call as the control API shows it, its body parsed when it is JSON or a form. */
export function showCall(call: RecordedCall): Record<string, unknown> {
  const { raw, contentType, at, correlationId, ...rest } = call;
  const body = raw === undefined ? null : readBody(raw.toString('utf8'), contentType ?? '');
  return { ...rest, at: new Date(at).toISOString(), body, ...(correlationId && { correlationId }) };
}

function readBody(text: string, contentType: string): unknown {
  if (contentType.includes('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(text));
  return parseJson(text) ?? text;
}
