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
