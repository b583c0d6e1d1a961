import { createRandom, type Random } from '../random.js';
import { type CallMode, type Fault, isReceiptMode, type ReceiptMode, type Vendor } from './fault.js';

const defaultSeed = 1;

interface Entry {
  readonly fault: Fault;
  applied: number;
}

/** A fault that strikes this call; `nth` counts from 1 the calls this fault has struck. */
export interface Strike {
  readonly mode: CallMode;
  readonly nth: number;
  readonly delayMs: number | undefined;
}

/** The faults asked for, tried in the order they came in; the first one that matches and rolls its rate strikes. */
export class FaultBook {
  #entries: Entry[] = [];
  #random: Random = createRandom(defaultSeed);

  add(fault: Fault): void {
    this.#entries.push({ fault, applied: 0 });
  }

  /** Ends every fault; the dice roll on. */
  clear(): void {
    this.#entries = [];
  }

  reset(seed = defaultSeed): void {
    this.#entries = [];
    this.#random = createRandom(seed);
  }

  list(): (Fault & { applied: number })[] {
    return this.#entries.map(({ fault, applied }) => ({ ...fault, applied }));
  }

  /** The fault for a call; `path` as the vendor sees it, without the vendor's prefix. */
  strike(vendor: Vendor, method: string, path: string): Strike | undefined {
    if (this.#entries.length === 0) return undefined;
    const entry = this.#take((fault) => !isReceiptMode(fault.mode) && matches(fault, vendor, method, path));
    if (entry === undefined || isReceiptMode(entry.fault.mode)) return undefined;
    return { mode: entry.fault.mode, nth: entry.applied, delayMs: entry.fault.delayMs };
  }

  /** The fault for the receipts of an accepted send: asked for at the vendor that was called, or at Meta, who sends them. */
  receipts(vendor: Vendor, method: string, path: string): ReceiptMode | undefined {
    if (this.#entries.length === 0) return undefined;
    const entry = this.#take((fault) => {
      if (!isReceiptMode(fault.mode)) return false;
      return matches(fault, vendor, method, path) || (fault.vendor === 'meta' && fault.match === undefined);
    });
    return entry !== undefined && isReceiptMode(entry.fault.mode) ? entry.fault.mode : undefined;
  }

  #take(applies: (fault: Fault) => boolean): Entry | undefined {
    for (const entry of this.#entries) {
      const { fault } = entry;
      if (fault.times !== undefined && entry.applied >= fault.times) continue;
      if (!applies(fault)) continue;
      if (fault.rate < 1 && this.#random() >= fault.rate) continue;
      entry.applied += 1;
      return entry;
    }
    return undefined;
  }
}

function matches(fault: Fault, vendor: Vendor, method: string, path: string): boolean {
  if (fault.vendor !== vendor) return false;
  if (fault.match === undefined) return true;
  // The path is known with and without the sandbox's own prefix.
  return `${method} ${path}`.includes(fault.match) || `${method} /${vendor}${path}`.includes(fault.match);
}
