const seededFrom = 1_000_000_000;
const perSeed = 1_000_000;
const seeds = 1_000;

/** Where a run of orders starts: its time and its first sequence number. */
export interface Numbering {
  readonly at: Date;
  readonly first: number;
  readonly seed: number;
}

/** Gives each run numbers of its own, also after a restart on the same day: they follow the clock. */
export class OrderNumbers {
  #next = 0;

  take(count: number, now: Date, seed: number | undefined): Numbering {
    const midnight = new Date(now).setUTCHours(0, 0, 0, 0);
    if (seed !== undefined) {
      return { at: new Date(midnight), first: seededFrom + (seed % seeds) * perSeed, seed };
    }
    const tenthsOfMs = (now.getTime() - midnight) * 10;
    const first = Math.max(tenthsOfMs, this.#next) + 1;
    this.#next = first + count;
    return { at: now, first, seed: first };
  }
}
