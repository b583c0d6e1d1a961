import type { CacheKey } from './key.js';

const prefix = 'visapi:cache:';

/** The channel on which processes tell each other what they evict. */
export const evictions = `${prefix}evictions`;

/** The key of the version that all of a family carries, or all that shares a first part in it. */
export function versionOf(family: string, part: string | undefined): string {
  return part === undefined ? `${baseOf(family)}generation` : `${baseOf(family)}version:${part}`;
}

/** The keys of a family by the end of their lives. */
export function indexOf(family: string): string {
  return `${baseOf(family)}index`;
}

/** The bytes that each key of a family takes, and `#`, their sum. */
export function sizesOf(family: string): string {
  return `${baseOf(family)}sizes`;
}

/** All that Redis knows of one cached value. */
export function namesOf({ family: { name }, part, key }: CacheKey) {
  const entries = `${baseOf(name)}entry:`;
  return {
    generation: versionOf(name, undefined),
    version: versionOf(name, part),
    entry: entries + key,
    lock: `${baseOf(name)}lock:${key}`,
    index: indexOf(name),
    sizes: sizesOf(name),
    entries,
  };
}

/** The braces keep all of a family on one node of a cluster. */
function baseOf(family: string): string {
  return `${prefix}{${family}}:`;
}
