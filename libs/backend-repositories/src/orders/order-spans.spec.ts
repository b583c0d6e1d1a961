import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countedHours, coverOf, pricedHours, type Span, wholeSpansOf } from './order-spans.js';

const hourMs = 3_600_000;
const start = Date.parse('2025-12-30T00:00:00Z');
const at = (hours: number): Date => new Date(start + hours * hourMs);
const endOf = ({ hours, begins }: Span): number => begins.getTime() + hours * hourMs;
const lengths = fc.constantFrom<readonly number[]>(countedHours, pricedHours, [1], [4, 24]);

describe('the spans that cover an interval', () => {
  it('follow each other from its beginning to its end, each where spans of its length begin', () => {
    fc.assert(
      fc.property(lengths, fc.nat(3_000), fc.nat(10_000), (given, first, long) => {
        const [shortest = 1] = given;
        const interval = { from: at(first * shortest), to: at((first + long) * shortest) };
        const { spans, open } = coverOf(interval, given);
        expect(open).toBeNull();
        let next = interval.from.getTime();
        const misplaced = spans.filter((span) => {
          const isMisplaced = span.begins.getTime() !== next || next % (span.hours * hourMs) !== 0;
          next = endOf(span);
          return isMisplaced;
        });
        expect(misplaced).toEqual([]);
        expect(next).toBe(interval.to.getTime());
      }),
    );
  });

  it('are few: of a year about two dozen, whenever it begins', () => {
    fc.assert(
      fc.property(fc.nat(5_000), (first) => {
        const interval = { from: at(first * 4), to: at(first * 4 + 365 * 24) };
        expect(coverOf(interval, countedHours).spans.length).toBeLessThan(45);
      }),
    );
  });

  it('of an interval without end are all of the longest from where one can begin', () => {
    const { spans, open } = coverOf({ from: at(4), to: null }, pricedHours);
    expect(spans.map(({ begins }) => begins)).toEqual(Array.from({ length: 20 }, (_, hour) => at(4 + hour)));
    expect(open).toEqual({ hours: 24, begins: at(24) });
  });
});

describe('the whole spans of a period', () => {
  it.each([
    [0.5, 13, { from: at(4), to: at(12) }],
    [4, 8, { from: at(4), to: at(8) }],
    [0.5, null, { from: at(4), to: null }],
    [0.5, 7.9, null],
    [1, 2, null],
  ])('from %s to %s hours lie between its boundaries', (from, to, whole) => {
    expect(wholeSpansOf({ from: at(from), to: to === null ? null : at(to) }, 4)).toEqual(whole);
  });
});
