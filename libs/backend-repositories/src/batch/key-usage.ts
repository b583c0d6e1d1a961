import type { KeyUse } from '../access/api-keys.repository.js';

/** Keys that are kept at once. Only keys that exist are noted, so this bounds what should not happen. */
const mostKeys = 10_000;

interface Counter {
  count: number;
  firstMs: number;
  lastMs: number;
}

/** Uses of API keys since they were last written down: a counter per key, whatever the number of requests. */
export class KeyUsage {
  private counters = new Map<string, Counter>();

  note(id: string, atMs: number): void {
    const counter = this.counters.get(id);
    if (!counter) {
      if (this.counters.size < mostKeys) this.counters.set(id, { count: 1, firstMs: atMs, lastMs: atMs });
      return;
    }
    counter.count += 1;
    if (atMs > counter.lastMs) counter.lastMs = atMs;
    else if (atMs < counter.firstMs) counter.firstMs = atMs;
  }

  /** Hands over what was counted and begins anew. */
  take(): KeyUse[] {
    const taken = this.counters;
    this.counters = new Map();
    return Array.from(taken, ([id, { count, firstMs, lastMs }]) => ({
      id,
      count,
      firstAt: new Date(firstMs),
      lastAt: new Date(lastMs),
    }));
  }

  /** What could not be written down stands beside what was counted meanwhile. */
  giveBack(uses: readonly KeyUse[]): void {
    for (const { id, count, firstAt, lastAt } of uses) {
      const [firstMs, lastMs] = [firstAt.getTime(), lastAt.getTime()];
      const counter = this.counters.get(id);
      if (!counter) this.counters.set(id, { count, firstMs, lastMs });
      else {
        counter.count += count;
        counter.firstMs = Math.min(counter.firstMs, firstMs);
        counter.lastMs = Math.max(counter.lastMs, lastMs);
      }
    }
  }
}
