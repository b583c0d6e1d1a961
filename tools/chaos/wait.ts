import { setTimeout as pause } from 'node:timers/promises';

/** Asks until the answer is the wanted one. @throws Error naming what was waited for and the last answer */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  wanted: (answer: T) => boolean,
  { withinMs, everyMs = 50 }: { withinMs: number; everyMs?: number },
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    // An answer that comes late may tell of what was long ago: it counts when it was asked for.
    const asked = performance.now();
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (asked > deadline)
      throw new Error(`${what}: not within ${withinMs} ms; the last answer was ${JSON.stringify(answer)}`);
    await pause(everyMs);
  }
}

/** @param at a moment of `performance.now()` */
export async function sleepUntil(at: number): Promise<void> {
  const left = at - performance.now();
  if (left > 0) await pause(left);
}
