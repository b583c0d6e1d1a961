import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds; 0 = as long as it takes. */
export interface Pace {
  /** A refused sign-in takes at least so long, whether there is such an account or not. */
  readonly refusal: number;
  /** A mail is asked for in exactly this time, whether it is sent or not. */
  readonly mail: number;
  /** Signing up takes this or a multiple of it: whoever signed up can sign in, so it is waited for. */
  readonly signUp: number;
}

export const usualPace: Pace = { refusal: 500, mail: 1_000, signUp: 1_000 };

/** Resolves when so long has passed since a time of `performance.now`. */
export async function untilPassed(ms: number, since: number): Promise<void> {
  const left = ms - (performance.now() - since);
  if (left > 0) await pause(left);
}

/** Does something, and resolves after a multiple of so long. */
export async function inWholeSteps(ms: number, work: Promise<void>): Promise<void> {
  const begun = performance.now();
  await work;
  if (ms > 0) await untilPassed(Math.ceil((performance.now() - begun) / ms) * ms, begun);
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
  if (ms === 0) return await work;
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
