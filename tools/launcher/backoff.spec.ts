import { describe, expect, it } from '@jest/globals';
import { countDeath, restartDelay } from './backoff.ts';

describe('restarting a child', () => {
  it('starts it again within a second after its first death', () => {
    expect(restartDelay(1)).toBeLessThanOrEqual(1_000);
  });

  it('waits longer each time, but never more than 5 s', () => {
    expect([1, 2, 3, 4, 5, 50].map(restartDelay)).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  it('counts from one again after 10 s alive', () => {
    expect(countDeath(4, 9_999)).toBe(5);
    expect(countDeath(4, 10_000)).toBe(1);
  });
});
