import { describe, expect, it } from '@jest/globals';
import { plainDecimal } from './money.js';

describe('an amount as text', () => {
  it.each([
    ['498.0000', '498'],
    ['1234.5000', '1234.5'],
    ['1234.05', '1234.05'],
    ['500', '500'],
    ['500.0', '500'],
    ['0.0000', '0'],
    ['0', '0'],
    ['100.10', '100.1'],
    ['99999999999999.9900', '99999999999999.99'],
  ])('shows %s as %s, and leaves that as it is', (decimal, plain) => {
    expect(plainDecimal(decimal)).toBe(plain);
    expect(plainDecimal(plain)).toBe(plain);
  });
});
