import { describe, expect, it } from '@jest/globals';
import { SeenOrders } from './seen-orders.js';

const ids = Array.from({ length: 20_000 }, (_none, n) => `IL${n}`);

describe('orders that were seen', () => {
  it('are known for ever, and no others, however many there are', () => {
    const seen = new SeenOrders();
    expect(ids.every((id) => seen.add(id))).toBe(true);
    expect(ids.every((id) => seen.has(id))).toBe(true);
    expect(ids.some((id) => seen.has(`${id}-`))).toBe(false);
  });

  it('are new only once', () => {
    const seen = new SeenOrders();
    expect(['IL1', 'IL2', 'IL1'].map((id) => seen.add(id))).toEqual([true, true, false]);
  });
});
