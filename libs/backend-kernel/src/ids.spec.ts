import { describe, expect, it } from '@jest/globals';
import { newId } from './ids.js';

const many = () => Array.from({ length: 20_000 }, () => newId());

describe('a new id', () => {
  it('is a UUID of version 7 with its variant', () => {
    for (const id of many())
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('tells when it was made', () => {
    const before = Date.now();
    const made = Number.parseInt(newId().replaceAll('-', '').slice(0, 12), 16);
    // Ids made faster than 4,096 a millisecond run ahead of the clock; those before may have.
    expect(made).toBeGreaterThanOrEqual(before);
    expect(made).toBeLessThanOrEqual(before + 1_000);
  });

  it('follows the one before it, however many are made in a millisecond, and is never made twice', () => {
    const ids = many();
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
  });
});
