export interface Backoff {
  /** Delay before the second attempt, in milliseconds. */
  readonly firstMs: number;
  /** Delays double up to this, in milliseconds. */
  readonly maxMs: number;
}

/**
 * Delay before the next attempt, in milliseconds: exponential with "equal jitter" (half fixed, half random), so that
 * many failures of one moment do not come back in one moment.
 * @param attempt number of attempts made so far, from 1
 * @param random a number in [0, 1)
 */
export function backoffMs(backoff: Backoff, attempt: number, random: number): number {
  const exponent = Math.min(Math.max(attempt, 1) - 1, 30);
  const full = Math.min(backoff.firstMs * 2 ** exponent, backoff.maxMs);
  return Math.round(full / 2 + (full / 2) * random);
}
