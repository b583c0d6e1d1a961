import { describe, expect, it } from '@jest/globals';
import { onlyKnown } from './page-query.js';
import { inOrder, time } from './time-input.js';

const period = onlyKnown({ from: time.optional(), to: time.optional() }).refine(...inOrder('from', 'to'));
const problems = (given: unknown) =>
  period.safeParse(given).error?.issues.map(({ path, message }) => [path.join('.'), message]);

const [early, late] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'];
const noTime = 'must be a time such as 2026-01-05T00:00:00Z';

describe('a period that is asked for', () => {
  it.each([{}, { from: late }, { to: early }, { from: early, to: late }])('may be open: %j', (given) => {
    expect(problems(given)).toBeUndefined();
  });

  it.each([
    { from: late, to: early },
    { from: early, to: early },
    { from: '2026-01-01T01:00:00+02:00', to: '2025-12-31T23:00:00Z' },
  ])('is refused when nothing can lie in it, instead of finding nothing: %j', (given) => {
    expect(problems(given)).toEqual([['from', 'must be before to']]);
  });

  it.each([
    [{ from: '2026-01-01' }, 'from'],
    [{ from: early, to: '2026-01-01T00:00:00' }, 'to'],
    [{ from: late, to: 'x' }, 'to'],
    [{ from: 'x', to: early }, 'from'],
    [{ from: '2026-02-30T00:00:00Z' }, 'from'],
  ])('names the end that is no time: %j', (given, path) => {
    expect(problems(given)).toEqual([[path, noTime]]);
  });
});
