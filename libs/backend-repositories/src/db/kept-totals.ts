import type { CompiledQuery } from 'kysely';

interface Kept {
  readonly total: number;
  readonly until: number;
}

/**
 * How many rows long lists have, counted at most once a minute by each process: to count a million takes a hundred times
 * as long as to show a page of them. Short ones are counted each time.
 */
export class KeptTotals {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly options = { longerThan: 1_000, forMs: 60_000, most: 500 },
    private readonly now = () => performance.now(),
  ) {}

  /**
   * @param query what tells one list from another: its text and values
   * @param seen how many rows the caller knows of. A total that says no more than that may be the end of what was there a
   *   minute ago: whoever goes through the pages would stop before the oldest rows, which newer ones have moved on.
   */
  async of({ sql, parameters }: CompiledQuery, seen: number, count: () => Promise<number>): Promise<number> {
    const key = JSON.stringify([sql, parameters]);
    const known = this.kept.get(key);
    if (known && known.until > this.now() && known.total > seen) return known.total;
    this.kept.delete(key);
    const total = await count();
    if (total > this.options.longerThan) this.keep(key, total);
    return total;
  }

  private keep(key: string, total: number): void {
    this.kept.set(key, { total, until: this.now() + this.options.forMs });
    // The one that was counted longest ago comes first.
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= this.options.most) return;
      this.kept.delete(oldest);
    }
  }
}
