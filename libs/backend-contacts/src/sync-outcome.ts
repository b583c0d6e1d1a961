import { type Backoff, backoffMs } from '@visapi/backend-kernel';
import type { VendorError } from '@visapi/backend-providers';
import type { ContactClaim } from '@visapi/backend-repositories/contacts';

const giveUpAfterSeconds = 24 * 3600;

/** What went wrong with an attempt, in the words of the effect. */
export interface SyncProblem {
  readonly reason: string;
  /** Trying again unchanged is useless. */
  readonly permanent: boolean;
  readonly retryAfterMs: number;
  readonly evidence: Readonly<Record<string, string | number | null>>;
}

/** Only a clear no, or an answer of another shape, is final. */
export function problemOfVendor({ vendor, reason, kind, facts }: VendorError): SyncProblem {
  return {
    reason,
    permanent: kind === 'rejected' || kind === 'unexpected',
    retryAfterMs: facts.retryAfterMs ?? 0,
    evidence: { vendor, answer: reason, status: facts.status ?? null },
  };
}

/** What nobody classified is tried again as well. */
export function problemOfOurs(error: unknown): SyncProblem {
  const name = error instanceof Error ? error.name : 'unknown';
  return { reason: 'internal-error', permanent: false, retryAfterMs: 0, evidence: { error: name } };
}

/**
 * How long an effect that may be repeated waits for its next try; undefined when there is none: what may pass is tried
 * for a day.
 * @param random 0 to 1
 */
export function nextTryMs(
  { permanent, retryAfterMs }: SyncProblem,
  { attempt, tryingForSeconds }: Pick<ContactClaim, 'attempt' | 'tryingForSeconds'>,
  backoff: Backoff,
  random: number,
): number | undefined {
  if (permanent || tryingForSeconds > giveUpAfterSeconds) return undefined;
  return Math.max(retryAfterMs, backoffMs(backoff, attempt, random));
}
