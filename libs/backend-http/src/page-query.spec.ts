import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { onlyKnown } from './page-query.js';

const told = (given: unknown) =>
  onlyKnown({ name: z.string().optional() }).safeParse(given).error?.issues[0]?.message;

describe('a field that is not known', () => {
  it('is named, with those that are', () => {
    expect(told({ nmae: 'x' })).toBe('there is no nmae here; known are name');
  });

  it('is not sent back whole when it is endless, nor with thousands of others', () => {
    const names = Array.from({ length: 10_000 }, (_, n) => `field${n}`);
    expect(told(Object.fromEntries(names.map((name) => [name, 1])))).toBe(
      'there is no field0, field1, field2, field3, field4, … here; known are name',
    );
    expect(told({ ['x'.repeat(1_000_000)]: 1 })).toBe(`there is no ${'x'.repeat(60)}… here; known are name`);
  });
});
