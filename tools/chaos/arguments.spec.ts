import { describe, expect, it } from '@jest/globals';
import { parseChaosArguments } from './arguments.ts';

describe('what npm run chaos is asked for', () => {
  it('is scenarios, a seed, a time and a file', () => {
    expect(parseChaosArguments(['F3', 'F5', '--seed', '7', '--seconds', '15', '--json', 'out.json'])).toEqual(
      {
        names: ['F3', 'F5'],
        seed: 7,
        seconds: 15,
        json: 'out.json',
        without: [],
      },
    );
  });

  it('is everything with a seed that it draws itself, when nothing is said', () => {
    const { names, seed } = parseChaosArguments([]);
    expect(names).toEqual([]);
    expect(seed).toBeGreaterThan(0);
  });

  it.each([
    [['--seed', '0'], '--seed must be a whole number from 1 to 999999, not "0"'],
    [['--seconds', '1.5'], '--seconds must be a whole number from 5 to 3600, not "1.5"'],
    [['--sead', '1'], "Unknown option '--sead'"],
  ])('is refused in words when it is %j', (args, words) => {
    expect(() => parseChaosArguments(args)).toThrow(words);
  });
});
