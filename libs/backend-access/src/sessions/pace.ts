import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds. */
export interface Pace {
  /** A refused sign-in takes at least so long, whether there is such an account or not. */
  readonly refusal: number;
  /** A mail is asked for in exactly this time, whether it is sent or not. */
  readonly mail: number;
}

export const usualPace: Pace = { refusal: 500, mail: 1_000 };

/** Resolves when so long has passed since a time of `performance.now`. */
export async function untilPassed(ms: number, since: number): Promise<void> {
  const left = ms - (performance.now() - since);
  if (left > 0) await pause(left);
}

/**
 * Does what may take long or not, and answers after the same time in any case, so that the time tells nobody which it was.
 * What fails within it is thrown; what takes longer goes on.
 * @param late told of a failure that came too late
 */
export async function inSameTime(
  ms: number,
  work: Promise<void>,
  late: (error: unknown) => void,
): Promise<void> {
  const begun = performance.now();
  let isOver = false;
  let failure: { readonly error: unknown } | undefined;
  const done = work.catch((error: unknown) => {
    if (isOver) late(error);
    else failure = { error };
  });
  await Promise.race([done, untilPassed(ms, begun)]);
  await untilPassed(ms, begun);
  isOver = true;
  if (failure) throw failure.error;
}
