import { describe, expect, it } from '@jest/globals';
import { followRelay, standsStill } from './relay-progress.js';

const at = (position: number, now: number, before?: ReturnType<typeof followRelay>) =>
  followRelay(before, { position, ageSeconds: 100 }, now);

describe('the outbox', () => {
  it('stands still when the same event is the oldest for longer than the limit', () => {
    const first = at(7, 1_000);
    expect(standsStill(at(7, 21_000, first), 20_000)).toBe(false);
    expect(standsStill(at(7, 21_001, first), 20_000)).toBe(true);
  });

  it('moves while another event becomes the oldest, however old it is', () => {
    expect(standsStill(at(8, 30_000, at(7, 1_000)), 20_000)).toBe(false);
  });

  it('is not judged by the time that passed since the only look that found an event', () => {
    expect(standsStill(at(7, 1_000), 1)).toBe(false);
  });

  it('is at rest when nothing waits, and never stands still when the limit is 0', () => {
    expect(standsStill(followRelay(at(7, 1), undefined, 30_000), 1)).toBe(false);
    expect(standsStill(at(7, 30_000, at(7, 1)), 0)).toBe(false);
  });
});
