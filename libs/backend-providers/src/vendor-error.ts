import type { FailureClass } from '@visapi/backend-kernel';
import type { ParkCause } from './lane-state.js';

/**
 * How a vendor's call ended when it did not simply succeed:
 * - `rejected`: the vendor understood and will not do it; trying again unchanged is useless
 * - `unavailable`: certainly not done (no connection, 429, answered refusal that may pass); may be tried again
 * - `unknown`: the request may have been carried out and we were not told (time-out, reset, 5xx, unreadable answer)
 * - `unexpected`: an answer of a shape the contract does not have
 */
export type VendorErrorKind = 'rejected' | 'unavailable' | 'unknown' | 'unexpected';

export class VendorError extends Error {
  override readonly name = 'VendorError';

  constructor(
    readonly vendor: string,
    readonly kind: VendorErrorKind,
    /** Short and free of personal values: goes into evidence and logs. */
    readonly reason: string,
    readonly facts: {
      readonly status?: number;
      readonly retryAfterMs?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(`${vendor}: ${reason}`, { cause: facts.cause });
  }
}

const parkCauses: Readonly<Record<number, ParkCause>> = {
  401: 'bad-token',
  402: 'billing',
  403: 'bad-token',
};

/** The cause for which nothing more needs to be tried until somebody mends it; undefined for all that may pass. */
export function parkCauseOf({ kind, facts: { status } }: VendorError): ParkCause | undefined {
  return kind === 'unavailable' && status !== undefined ? parkCauses[status] : undefined;
}

/** What a failed call is, in the words in which jobs say what follows. */
export function failureClassOf(error: VendorError): FailureClass {
  const { kind, facts } = error;
  if (kind === 'rejected') return 'permanent';
  if (kind !== 'unavailable') return kind;
  if (parkCauseOf(error)) return 'parked';
  if (facts.status === 429) return 'rate-limited';
  return facts.status === 200 ? 'refused' : 'transient';
}
