/** Numbers in [0, 1), the same sequence for the same seed. */
export type Random = () => number;

/** Mulberry32: small, fast, and good enough to spread synthetic orders and faults. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One seed per sequence number; the multiplier is odd, so two sequences below 2^32 never share one. */
export function seedOf(seed: number, sequence: number): number {
  return (Math.imul(sequence, 0x9e3779b1) ^ seed) >>> 0;
}

export function pick<T>(random: Random, list: readonly T[]): T {
  if (list.length === 0) throw new Error('nothing to pick from');
  return list[Math.floor(random() * list.length)] as T;
}

export function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}
