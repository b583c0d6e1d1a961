import type { FailureClass } from '@visapi/backend-kernel';
import type { VendorError } from '@visapi/backend-providers';

/** What went wrong with an attempt, in the words of the effect. */
export interface SyncProblem {
  readonly reason: string;
  readonly failure: FailureClass;
  readonly retryAfterMs: number;
  /** Whose answer it was, in a word; null = it never came to a vendor's. */
  readonly evidence: { readonly vendor: string | null; readonly answer: string };
}

export function problemOfVendor({ vendor, reason, facts }: VendorError, failure: FailureClass): SyncProblem {
  const evidence = { vendor, answer: reason };
  return { reason, failure, retryAfterMs: facts.retryAfterMs ?? 0, evidence };
}

/** What nobody classified. */
export function problemOfOurs(error: unknown): SyncProblem {
  const name = error instanceof Error ? error.name : 'unknown';
  return {
    reason: 'internal-error',
    failure: 'ours',
    retryAfterMs: 0,
    evidence: { vendor: null, answer: name },
  };
}
