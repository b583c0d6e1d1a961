import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { invalidInput } from './invalid-input.js';
import { onlyKnown } from './page-query.js';

const schema = onlyKnown({
  page: z.coerce.number('must be a number').optional(),
  filter: onlyKnown({ state: z.string() }).optional(),
});
const told = (given: unknown) => invalidInput(schema.safeParse(given).error?.issues ?? []).details;

describe('an input that is refused', () => {
  it('is told each parameter that is not known by its name, and which are', () => {
    const message = 'there is no pge, perpage here; known are page, filter';
    expect(told({ pge: '1', perpage: '2' })).toEqual([
      { path: 'pge', message },
      { path: 'perpage', message },
    ]);
  });

  it('is told where such a field stands', () => {
    expect(told({ filter: { state: 'open', stat: 'x' } })).toEqual([
      { path: 'filter.stat', message: 'there is no stat here; known are state' },
    ]);
  });

  it('is told the place of every other fault', () => {
    expect(told({ page: 'x', filter: {} })?.map(({ path }) => path)).toEqual(['page', 'filter.state']);
  });

  it('is told of five such fields at most, none of them whole when it is endless', () => {
    const names = Array.from({ length: 1_000 }, (_, n) => `${'x'.repeat(100)}${n}`);
    const details = told(Object.fromEntries(names.map((name) => [name, 1])));
    expect(details).toHaveLength(5);
    expect(details?.[0]?.path).toBe(`${'x'.repeat(60)}…`);
  });
});
