import { LRUCache } from 'lru-cache';
import type { Family } from './family.js';
import type { CacheKey, Target } from './key.js';
import type { Versions } from './redis-tier.js';

/**
 * How old a value in this process may be at most, counted from before it was read: the bound on how late a process
 * notices an eviction whose broadcast was lost.
 */
export const trustMs = 1_000;

/** What a read found. */
export interface Found {
  readonly value: unknown;
  /** Of what Redis keeps: the versions it is readable under, and until when (of `performance.now`). */
  readonly kept?: { readonly under: Versions; readonly endsAt: number } | undefined;
}

interface Held extends Found {
  readonly part: string;
  /** Trusted until then. */
  until: number;
}

/** A read under way, shared by all who ask for the same key. */
export interface Flight {
  readonly key: CacheKey;
  readonly began: number;
  readonly found: Promise<Found>;
}

/** The first tier, of one process: values that were read or compared with Redis within the last second, and the reads under way. */
export class MemoryTier {
  private readonly held: ReadonlyMap<string, LRUCache<string, Held>>;
  private readonly flights: ReadonlyMap<string, Map<string, Flight>>;

  constructor(families: readonly Family[]) {
    this.held = new Map(
      families.map(({ name, memoryEntries: max }) => [name, new LRUCache<string, Held>({ max })]),
    );
    this.flights = new Map(families.map(({ name }) => [name, new Map<string, Flight>()]));
  }

  get({ family, key }: CacheKey): { readonly value: unknown } | undefined {
    const held = this.held.get(family.name)?.get(key);
    return held && held.until > performance.now() ? held : undefined;
  }

  /** Whether the key is held, and trusted again if Redis still shows the same versions. */
  isRenewable({ family, key }: CacheKey): boolean {
    return isRenewable(this.held.get(family.name)?.get(key), performance.now());
  }

  /**
   * Trusts anew what is held of a family, as far as its versions are what they were.
   * @param versionsOf what Redis says of the first parts now; undefined when it cannot be asked
   */
  async renew(
    family: Family,
    versionsOf: (parts: readonly string[]) => Promise<readonly Versions[] | undefined>,
  ): Promise<void> {
    const began = performance.now();
    const held = [...(this.held.get(family.name)?.values() ?? [])].filter((one) => isRenewable(one, began));
    const parts = [...new Set(held.map(({ part }) => part))];
    const versions = await versionsOf(parts);
    if (!versions) return;
    const now = new Map(parts.map((part, index) => [part, versions[index]]));
    for (const one of held) {
      const seen = now.get(one.part);
      const under = one.kept?.under;
      if (!seen || seen.generation !== under?.generation || seen.version !== under.version) continue;
      // One that was evicted meanwhile is held no more, whatever is said of it here.
      one.until = began + trustMs;
    }
  }

  size(family: Family): number {
    return this.held.get(family.name)?.size ?? 0;
  }

  /** The read of this key that is under way, unless it began too long ago to be trusted. */
  joinable({ family, key }: CacheKey): Flight | undefined {
    const flight = this.flights.get(family.name)?.get(key);
    return flight && flight.began + trustMs > performance.now() ? flight : undefined;
  }

  depart(flight: Flight): void {
    this.flights.get(flight.key.family.name)?.set(flight.key.key, flight);
  }

  /** Keeps what a read found, unless it was evicted while the read was under way. */
  land(flight: Flight, found: Found): void {
    const { key, began } = flight;
    if (!this.end(flight) || found.value === undefined) return;
    const held = { ...found, part: key.part, until: began + trustMs };
    this.held.get(key.family.name)?.set(key.key, held);
  }

  /** @returns whether it was still the read that is trusted for its key */
  end({ key, ...flight }: Flight): boolean {
    const flights = this.flights.get(key.family.name);
    if (flights?.get(key.key)?.found !== flight.found) return false;
    return flights.delete(key.key);
  }

  evict(targets: readonly Target[]): void {
    for (const [family, wanted] of Map.groupBy(targets, (target) => target.family)) {
      const parts = new Set(wanted.map(({ part }) => part));
      const isMeant = (part: string): boolean => parts.has(undefined) || parts.has(part);
      const [held, flights] = [this.held.get(family), this.flights.get(family)];
      for (const [key, { part }] of [...(held?.entries() ?? [])]) if (isMeant(part)) held?.delete(key);
      for (const [key, flight] of flights ?? []) if (isMeant(flight.key.part)) flights?.delete(key);
    }
  }
}

function isRenewable(held: Held | undefined, now: number): boolean {
  return held?.kept !== undefined && held.kept.endsAt > now;
}
