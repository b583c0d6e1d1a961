const FIRST_MS = 500;
const LONGEST_MS = 5_000;

/** A process that ran this long counts as healthy again. */
const HEALTHY_AFTER_MS = 10_000;

/** Pause before the next start: 0.5 s after the first death, doubling up to 5 s while it keeps dying young. */
export function restartDelay(deathsInARow: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, deathsInARow - 1));
}

/** How many deaths in a row this one makes. */
export function countDeath(before: number, livedMs: number): number {
  return livedMs >= HEALTHY_AFTER_MS ? 1 : before + 1;
}
