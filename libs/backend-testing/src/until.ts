import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits until a question has the wanted answer, and fails with the last answer when it does not come. Asks often, so a
 * test takes no longer than what it waits for.
 */
export async function until<T>(
  ask: () => Promise<T>,
  wanted: (answer: T) => boolean,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    // An answer that comes late may tell of what was long ago: it counts when it was asked for.
    const asked = performance.now();
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (asked > deadline)
      throw new Error(`Not so within ${timeoutMs} ms; the last answer was ${JSON.stringify(answer)}`);
    await pause(20);
  }
}
