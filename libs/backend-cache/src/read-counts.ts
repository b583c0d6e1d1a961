import type { Metrics } from '@visapi/backend-observability';
import type { Family } from './family.js';

/** Where a read was answered: by the process, by Redis, or by its source. */
export type AnsweredBy = 'memory' | 'redis' | 'source';

/** Of this process since it started. */
export interface ReadStats {
  readonly hits: { readonly memory: number; readonly redis: number };
  readonly misses: number;
  /** Hits of all reads; null before the first one. */
  readonly ratio: number | null;
}

/** Counts the reads of each family, for metrics and for `getStats`. */
export class ReadCounts {
  private readonly counts: ReadonlyMap<string, Record<AnsweredBy, number>>;

  constructor(
    families: readonly Family[],
    private readonly metrics: Metrics,
  ) {
    this.counts = new Map(families.map(({ name }) => [name, { memory: 0, redis: 0, source: 0 }]));
  }

  add({ name: family }: Family, by: AnsweredBy): void {
    this.countsOf(family)[by] += 1;
    if (by === 'source') this.metrics.cacheMisses.inc({ family });
    else this.metrics.cacheHits.inc({ family, tier: by });
  }

  of({ name }: Family): ReadStats {
    const { memory, redis, source } = this.countsOf(name);
    const reads = memory + redis + source;
    const ratio = reads === 0 ? null : (memory + redis) / reads;
    return { hits: { memory, redis }, misses: source, ratio };
  }

  private countsOf(family: string): Record<AnsweredBy, number> {
    const counts = this.counts.get(family);
    if (!counts) throw new Error(`The key family ${family} is unknown to this cache`);
    return counts;
  }
}
