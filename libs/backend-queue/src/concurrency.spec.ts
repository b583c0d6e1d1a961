import { describe, expect, it } from '@jest/globals';
import { concurrencyOf } from './concurrency.js';

const config = { concurrency: 10, ordersConcurrency: 0, cbbConcurrency: 0 };

describe('how many jobs of a queue run at once', () => {
  it('is what is configured, and five times as much where jobs share their commits', () => {
    expect(concurrencyOf(config, 'receipts')).toBe(10);
    expect(concurrencyOf(config, 'orders')).toBe(50);
    expect(concurrencyOf(config, 'cbb')).toBe(50);
  });

  it("is the queue's own number where it has one", () => {
    const own = { ...config, ordersConcurrency: 3, cbbConcurrency: 7 };
    expect(concurrencyOf(own, 'orders')).toBe(3);
    expect(concurrencyOf(own, 'cbb')).toBe(7);
  });
});
