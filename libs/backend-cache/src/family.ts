import type { KeyPart } from './key.js';

/** A family of keys: everything there is to know of how one kind of read is kept. */
export interface Family<Args extends readonly unknown[] = never[]> {
  readonly name: string;
  /** Key parts of a call, from the arguments of the cached method. What is evicted together shares the first part. */
  readonly parts: (...args: Args) => readonly [KeyPart, ...KeyPart[]];
  /** Bytes that the family may hold in Redis, keys and bookkeeping included. */
  readonly budgetBytes: number;
  /** Values that one process may hold for at most a second. */
  readonly memoryEntries: number;
  /** Facts about this kind of aggregate evict: `id` = the key whose first part is its id, `all` = the family. */
  readonly follows?: { readonly aggregate: string; readonly by: 'id' | 'all' };
}

export function defineFamily<Args extends readonly unknown[]>(family: Family<Args>): Family<Args> {
  if (!/^[a-z]+(-[a-z]+)*$/.test(family.name))
    throw new Error(`${family.name} is no name for a key family: use words joined by hyphens`);
  return family;
}
