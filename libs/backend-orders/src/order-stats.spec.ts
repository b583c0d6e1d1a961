import { describe, expect, it } from '@jest/globals';
import type { CountedOrders } from '@visapi/backend-repositories/orders';
import { type Period, stepsOf, summarize } from './order-stats.js';

const now = new Date('2026-03-31T12:34:56.789Z');
const steps = (period: Period, from?: string, to?: string, at = now) => {
  const range = {
    period,
    ...(from === undefined ? {} : { from: new Date(from) }),
    ...(to === undefined ? {} : { to: new Date(to) }),
  };
  const starts = stepsOf(range, at);
  return typeof starts === 'string' ? starts : starts.map((start) => start.toISOString());
};

describe('the steps of a period', () => {
  it.each([
    ['day', 25, '2026-03-30T12:34:56.789Z', '2026-03-30T13:00:00.000Z', '2026-03-31T12:00:00.000Z'],
    ['week', 8, '2026-03-24T12:34:56.789Z', '2026-03-25T00:00:00.000Z', '2026-03-31T00:00:00.000Z'],
    ['month', 31, '2026-03-01T12:34:56.789Z', '2026-03-02T00:00:00.000Z', '2026-03-31T00:00:00.000Z'],
    ['year', 13, '2025-03-31T12:34:56.789Z', '2025-04-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
  ] as const)(
    'of a %s are %i: from its very beginning to the next full one, then full ones until now',
    (period, count, first, second, last) => {
      const starts = steps(period);
      expect(starts).toHaveLength(count);
      expect([starts[0], starts[1], starts.at(-1)]).toEqual([first, second, last]);
    },
  );

  it('are none too many when the range ends where a step would begin', () => {
    const midnight = new Date('2026-03-31T00:00:00Z');
    expect(steps('day', undefined, undefined, midnight)).toHaveLength(24);
    expect(steps('week', undefined, undefined, midnight)).toHaveLength(7);
    expect(steps('year', undefined, undefined, new Date('2026-04-01T00:00:00Z'))).toHaveLength(12);
  });

  it('reach back a year from a leap day, and from the end of a month', () => {
    const leap = steps('year', undefined, undefined, new Date('2028-02-29T00:00:00Z'));
    expect([leap[0], leap[1], leap.at(-1)]).toEqual([
      '2027-02-28T00:00:00.000Z',
      '2027-03-01T00:00:00.000Z',
      '2028-02-01T00:00:00.000Z',
    ]);
  });

  it('begin at from and go on with the hours, days and months of UTC', () => {
    const hours = ['2026-01-01T00:30:00.000Z', '2026-01-01T01:00:00.000Z', '2026-01-01T02:00:00.000Z'];
    expect(steps('day', '2026-01-01T00:30:00Z', '2026-01-01T02:01:00Z')).toEqual(hours);
    expect(steps('day', '2026-01-01T00:30:00Z', '2026-01-01T02:00:00Z')).toEqual(hours.slice(0, 2));
    const months = ['2025-11-30T00:00:00.000Z', '2025-12-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'];
    expect(steps('year', '2025-11-30T00:00:00Z', '2026-02-01T00:00:00Z')).toEqual(months);
  });

  it('reach back from to', () => {
    expect(steps('week', undefined, '2026-01-08T00:00:00Z')[0]).toBe('2026-01-01T00:00:00.000Z');
  });

  it('are refused in words when there are none, or too many', () => {
    expect(steps('day', '2026-01-02T00:00:00Z', '2026-01-02T00:00:00Z')).toBe('must be before to');
    expect(steps('day', '2027-01-02T00:00:00Z')).toBe('must be in the past');
    expect(steps('day', '2025-01-01T00:00:00Z')).toMatch(
      /more than 1000 steps of period day; choose a longer/,
    );
    expect(steps('week', '2023-07-06T00:00:00Z', '2026-04-01T00:00:00Z')).toHaveLength(1000);
    expect(steps('week', '2023-07-06T00:00:00Z', '2026-04-01T00:00:00.001Z')).toMatch(/more than 1000/);
  });
});

describe('the summary of what was counted', () => {
  const row = (part: Partial<CountedOrders>): CountedOrders => ({
    respect: 'currency',
    value: null,
    currency: null,
    orders: 1,
    revenue: null,
    average: null,
    ...part,
  });

  it('shows money with two places, with more only where they say something', () => {
    const money = ['498', '498.0000', '0.1000', '0.1250', '9999999999999999.9999'].map((revenue, index) =>
      row({ value: `C${index}`, currency: `C${index}`, revenue, average: revenue }),
    );
    const summary = summarize([...money, row({ orders: 7, revenue: '1' }), row({ currency: 'X' })], []);
    const shown = { C0: '498.00', C1: '498.00', C2: '0.10', C3: '0.125', C4: '9999999999999999.9999' };
    expect(summary).toMatchObject({ totalOrders: 13, revenue: shown, averageOrderValue: shown });
    expect(Object.keys(summary.revenue)).toHaveLength(5);
  });

  it('counts what is not known together with what is called unknown', () => {
    const statuses = [
      row({ respect: 'status', value: 'unknown', orders: 2 }),
      row({ respect: 'status', orders: 3 }),
    ];
    expect(summarize(statuses, []).byStatus).toEqual({ unknown: 5 });
  });
});
