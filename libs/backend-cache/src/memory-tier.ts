import { LRUCache } from 'lru-cache';
import type { Family } from './family.js';
import type { CacheKey, Target } from './key.js';

/**
 * How old a value in this process may be at most, counted from before it was read: the bound on how late a process
 * notices an eviction whose broadcast was lost.
 */
export const trustMs = 1_000;

interface Held {
  readonly part: string;
  readonly value: unknown;
  readonly until: number;
}

/** A read under way, shared by all who ask for the same key. */
export interface Flight {
  readonly key: CacheKey;
  readonly began: number;
  readonly value: Promise<unknown>;
}

/** The first tier, of one process: values of the last second, and the reads under way. */
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
  land(flight: Flight, value: unknown): void {
    const { key, began } = flight;
    if (!this.end(flight) || value === undefined) return;
    this.held.get(key.family.name)?.set(key.key, { part: key.part, value, until: began + trustMs });
  }

  /** @returns whether it was still the read that is trusted for its key */
  end({ key, ...flight }: Flight): boolean {
    const flights = this.flights.get(key.family.name);
    if (flights?.get(key.key)?.value !== flight.value) return false;
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
