import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CompiledQuery } from 'kysely';
import { KeptTotals } from './kept-totals.js';

const listOf = (branch: string) =>
  ({ sql: 'select from orders where branch = $1', parameters: [branch] }) as unknown as CompiledQuery;

let now: number;
let counted: string[];
let totals: KeptTotals;
beforeEach(() => {
  now = 1_000;
  counted = [];
  totals = new KeptTotals({ longerThan: 100, forMs: 60_000, most: 2 }, () => now);
});
const total = async (branch: string, rows: number, seen = 0) =>
  await totals.of(listOf(branch), seen, async () => {
    counted.push(branch);
    return await Promise.resolve(rows);
  });

describe('the total of a list', () => {
  it('is counted each time while the list is short', async () => {
    expect(await total('il', 99)).toBe(99);
    expect(await total('il', 100)).toBe(100);
    expect(counted).toHaveLength(2);
  });

  it('is counted once a minute when the list is long', async () => {
    expect(await total('il', 101)).toBe(101);
    now += 59_999;
    expect(await total('il', 999)).toBe(101);
    now += 1;
    expect(await total('il', 999)).toBe(999);
  });

  it('is counted anew by whoever sees as many rows as it says, or more', async () => {
    expect(await total('il', 101)).toBe(101);
    expect(await total('il', 150, 100)).toBe(101);
    expect(await total('il', 150, 101)).toBe(150);
    expect(await total('il', 160, 149)).toBe(150);
  });

  it('is its own for each filter', async () => {
    expect(await total('il', 101)).toBe(101);
    expect(await total('co', 202)).toBe(202);
    expect(await total('il', 303)).toBe(101);
  });

  it('is forgotten, the oldest first, when too many lists are asked for', async () => {
    await total('il', 101);
    await total('co', 101);
    await total('us', 101);
    await total('co', 101);
    await total('il', 101);
    expect(counted).toEqual(['il', 'co', 'us', 'il']);
  });

  it('is not kept when it could not be counted', async () => {
    const broken = totals.of(listOf('il'), 0, () => Promise.reject(new Error('away')));
    await expect(broken).rejects.toThrow('away');
    expect(await total('il', 101)).toBe(101);
  });
});
