import { type Backoff, backoffMs } from './backoff.js';

/** In how many ways an outside action can fail, as far as what follows differs. */
export type FailureClass =
  /** A clear no to this request. */
  | 'permanent'
  /** An answer of a shape that the contract does not have. */
  | 'unexpected'
  /** It may have been done, and we were not told. */
  | 'unknown'
  /** Answered, not done, for a reason that may pass. */
  | 'refused'
  /** Nothing reached the vendor. */
  | 'transient'
  /** The vendor asks for patience. */
  | 'rate-limited'
  /** The account is refused, whatever is asked. */
  | 'parked'
  /** What nobody classified: ours to mend. */
  | 'ours';

/** What follows a failure: tries that are not counted never make the action be given up. */
export type Consequence = 'fail' | 'uncertain' | 'try-again' | 'count-and-try-again';

export interface RetryPolicy {
  readonly backoff: Backoff;
  /** Counted tries after which the action is given up. */
  readonly mostTries: number;
  readonly on: Readonly<Record<FailureClass, Consequence>>;
}

export type Decision =
  | { readonly verdict: 'failed' }
  | { readonly verdict: 'uncertain' }
  | { readonly verdict: 'retry'; readonly delayMs: number; readonly counts: boolean };

/**
 * What becomes of an action after a failed attempt.
 * @param made attempts of any kind so far, from 1 (for the back-off), and how many of those before this one count
 * @param waitMs what the vendor asks to wait, at least
 * @param random a number in [0, 1)
 */
export function decideRetry(
  policy: RetryPolicy,
  failure: FailureClass,
  made: { readonly attempt: number; readonly tries: number },
  waitMs: number,
  random: number,
): Decision {
  const consequence = policy.on[failure];
  if (consequence === 'fail') return { verdict: 'failed' };
  if (consequence === 'uncertain') return { verdict: 'uncertain' };
  const counts = consequence === 'count-and-try-again';
  if (counts && made.tries + 1 >= policy.mostTries) return { verdict: 'failed' };
  const delayMs = Math.max(waitMs, backoffMs(policy.backoff, made.attempt, random));
  return { verdict: 'retry', delayMs, counts };
}
