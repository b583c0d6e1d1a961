import type { VendorError } from '@visapi/backend-providers';

/** What an error means for an effect that may be repeated. */
export interface SyncVerdict {
  readonly reason: string;
  readonly permanent: boolean;
  readonly retryAfterMs: number;
  readonly evidence: Readonly<Record<string, string | number | null>>;
}

/** Only a clear no, or an answer of another shape, is final. */
export function judgeVendor({ vendor, reason, kind, facts }: VendorError): SyncVerdict {
  return {
    reason,
    permanent: kind === 'rejected' || kind === 'unexpected',
    retryAfterMs: facts.retryAfterMs ?? 0,
    evidence: { vendor, answer: reason, status: facts.status ?? null },
  };
}

/** What nobody classified is tried again as well. */
export function judgeOther(error: unknown): SyncVerdict {
  const name = error instanceof Error ? error.name : 'unknown';
  return { reason: 'internal-error', permanent: false, retryAfterMs: 0, evidence: { error: name } };
}
