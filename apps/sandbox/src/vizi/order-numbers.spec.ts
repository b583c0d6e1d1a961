import { describe, expect, it } from '@jest/globals';
import { OrderNumbers } from './order-numbers.js';

const noon = new Date('2026-01-05T12:00:00.000Z');

describe('OrderNumbers', () => {
  it('never gives two runs the same numbers, also when they start in the same millisecond', () => {
    const numbers = new OrderNumbers();
    const first = numbers.take(5_000, noon, undefined);
    const second = numbers.take(10, noon, undefined);
    expect(second.first).toBeGreaterThanOrEqual(first.first + 5_000);
  });

  it('starts later after a restart later in the day', () => {
    const before = new OrderNumbers().take(100, noon, undefined);
    const after = new OrderNumbers().take(100, new Date(noon.getTime() + 1_000), undefined);
    expect(after.first).toBeGreaterThan(before.first + 100);
  });

  it('gives a seed the same orders all day, away from the unseeded ones', () => {
    const seeded = new OrderNumbers().take(100, noon, 42);
    expect(new OrderNumbers().take(100, new Date(noon.getTime() + 3_600_000), 42)).toEqual(seeded);
    const lastOfDay = new OrderNumbers().take(1, new Date('2026-01-05T23:59:59.999Z'), undefined);
    expect(seeded.first).toBeGreaterThan(lastOfDay.first);
  });
});
