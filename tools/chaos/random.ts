import { createRandom, type Random } from '@visapi/sandbox/random';

export type { Random } from '@visapi/sandbox/random';

/** Each part of a scenario draws from a sequence of its own: one more draw in one moves no other. */
export function randomOf(seed: number, part: string): Random {
  let mixed = seed >>> 0;
  for (const character of part) mixed = (Math.imul(mixed ^ character.charCodeAt(0), 0x9e3779b1) + 1) >>> 0;
  return createRandom(mixed);
}

/** So many moments within a span, in order, one in each equal part of it. */
export function momentsIn(random: Random, count: number, from: number, to: number): number[] {
  const part = (to - from) / count;
  return Array.from({ length: count }, (_, index) => from + part * (index + random()));
}
