import { setTimeout as pause } from 'node:timers/promises';
import { isDate, isUint8Array } from 'node:util/types';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { runApartFor, unlessLate } from '@visapi/backend-kernel';
import type { Log, Metrics } from '@visapi/backend-observability';
import type { Family } from './family.js';
import { type CacheKey, encodePart, parsePattern, type Target } from './key.js';
import { type Flight, type Found, MemoryTier } from './memory-tier.js';
import { ReadCounts, type ReadStats } from './read-counts.js';
import { type Begun, RedisTier } from './redis-tier.js';

/** How long a process waits for what another one is loading before it loads itself. */
const patienceMs = 300;
const lookEveryMs = 20;
/** How long a source may take. It has this limit for itself: many share what it finds, so none of them may stop it. */
const loadLimitMs = 10_000;

export interface FamilyStats extends ReadStats {
  readonly family: string;
  readonly memoryEntries: number;
  /** What all processes share; null while Redis is away. Evicted values count until their time is over. */
  readonly redis: { readonly bytes: number; readonly entries: number } | null;
  readonly budgetBytes: number;
}

type Source = () => Promise<unknown>;

/** Reads through the two tiers, and forgets. Without Redis it answers from the source. */
@Injectable()
export class CacheService implements OnApplicationShutdown {
  private readonly memory: MemoryTier;
  private readonly redis: RedisTier;
  private readonly renewals = new Map<Family, Promise<void>>();
  private readonly counts: ReadCounts;

  constructor(
    url: string,
    private readonly families: readonly Family[],
    log: Log,
    metrics: Metrics,
  ) {
    this.memory = new MemoryTier(families);
    this.redis = new RedisTier(url, log, families, (targets) => this.memory.evict(targets));
    this.counts = new ReadCounts(families, metrics);
  }

  /** What is kept under the key, else what the source says; 1,000 callers at once ask it once. */
  async read(key: CacheKey, ttlMs: number, source: Source): Promise<unknown> {
    let held = this.memory.get(key);
    if (!held && this.memory.isRenewable(key)) {
      await unlessLate(this.renew(key.family));
      held = this.memory.get(key);
    }
    if (held) {
      this.counts.add(key.family, 'memory');
      return held.value;
    }
    const joined = this.memory.joinable(key);
    if (joined) {
      this.counts.add(key.family, 'memory');
      return (await unlessLate(joined.found)).value;
    }
    const loading = runApartFor(loadLimitMs, () => this.fetch(key, ttlMs, source));
    const flight: Flight = { key, began: performance.now(), found: loading };
    this.memory.depart(flight);
    // Whether or not the first caller still waits.
    loading.then(
      (found) => this.memory.land(flight, found),
      () => this.memory.end(flight),
    );
    return (await unlessLate(loading)).value;
  }

  /** Runs a source that changes what is kept, and keeps what it resolves to. */
  async put(key: CacheKey, ttlMs: number, source: Source): Promise<unknown> {
    const targets = [{ family: key.family.name, part: key.part }];
    // Before the change: whoever evicts or puts meanwhile knows better.
    const begun = await this.redis.begin(key);
    let kept = false;
    try {
      const value = await source();
      if (begun && value !== undefined)
        kept = await this.redis.store(key, value, begun.lease, { ttlMs: jittered(ttlMs), renew: true });
      return value;
    } finally {
      // A source that failed may have changed something all the same.
      this.memory.evict(targets);
      await (kept ? this.redis.announce(targets) : this.redis.evict(targets));
    }
  }

  /** Forgets what the pattern names. @throws AppError when it has no known form */
  async deleteByPattern(pattern: string): Promise<void> {
    await this.evict([parsePattern(pattern, this.families)]);
  }

  /** Forgets everything that this cache keeps, and nothing else on the server. */
  async flushAll(): Promise<void> {
    await this.evict(this.redis.everything());
  }

  /** Facts about these were committed: forgets every read that follows them. One round trip; never an error. */
  async changed(aggregate: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const parts = [...new Set(ids)].map(encodePart);
    const targets = this.families
      .filter(({ follows }) => follows?.aggregate === aggregate)
      .flatMap(({ name: family, follows }) =>
        follows?.by === 'all' ? [{ family }] : parts.map((part) => ({ family, part })),
      );
    await this.evict(targets);
  }

  /** Resolves when Redis is used, or soon after when it is away: a start neither finds it unused nor hangs on it. */
  async start(): Promise<void> {
    this.redis.open();
    const deadline = performance.now() + patienceMs;
    while (!this.redis.isUsable && performance.now() < deadline) await pause(lookEveryMs / 4);
  }

  async getStats(): Promise<FamilyStats[]> {
    return await Promise.all(this.families.map((family) => this.statsOf(family)));
  }

  onApplicationShutdown(): void {
    this.redis.close();
  }

  private async evict(targets: readonly Target[]): Promise<void> {
    await this.redis.evict(targets);
    // Last: a read of before may have brought back what Redis still had.
    this.memory.evict(targets);
  }

  /** Compares all that is held of a family with Redis at once: far less than reading each value again every second. */
  private renew(family: Family): Promise<void> {
    const renewing =
      this.renewals.get(family) ??
      runApartFor(loadLimitMs, () =>
        this.memory.renew(family, (parts) => this.redis.versionsOf(family, parts)),
      ).finally(() => this.renewals.delete(family));
    this.renewals.set(family, renewing);
    return renewing;
  }

  private async fetch(key: CacheKey, ttlMs: number, source: Source): Promise<Found> {
    const begun = await this.lease(key);
    if (begun?.found) {
      this.counts.add(key.family, 'redis');
      const endsAt = performance.now() + begun.found.endsInMs;
      return { value: frozen(begun.found.value), kept: { under: begun.lease, endsAt } };
    }
    this.counts.add(key.family, 'source');
    let kept = false;
    try {
      const value = frozen(await source());
      if (!begun || value === undefined) return { value };
      const life = jittered(ttlMs);
      const endsAt = performance.now() + life;
      kept = await this.redis.store(key, value, begun.lease, { ttlMs: life, renew: false });
      return kept ? { value, kept: { under: begun.lease, endsAt } } : { value };
    } finally {
      if (begun?.mine && !kept) await this.redis.release(key, begun.lease);
    }
  }

  /** While another process loads, waits a little for what it finds. */
  private async lease(key: CacheKey): Promise<Begun | undefined> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const begun = await this.redis.begin(key);
      if (!begun || begun.found || begun.mine || performance.now() > deadline) return begun;
      await pause(lookEveryMs);
    }
  }

  private async statsOf(family: Family): Promise<FamilyStats> {
    return {
      family: family.name,
      ...this.counts.of(family),
      memoryEntries: this.memory.size(family),
      redis: (await this.redis.holdings(family)) ?? null,
      budgetBytes: family.budgetBytes,
    };
  }
}

/** Values that were kept together do not end together. */
function jittered(ttlMs: number): number {
  return ttlMs * (0.9 + Math.random() / 10);
}

/** Many callers share one value, so nobody may change it. Bytes and times cannot be frozen. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (isDate(value) || isUint8Array(value)) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
