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
    ['day', 24, '2026-03-30T12:34:56.789Z', '2026-03-31T11:34:56.789Z'],
    ['week', 7, '2026-03-24T12:34:56.789Z', '2026-03-30T12:34:56.789Z'],
    ['month', 30, '2026-03-01T12:34:56.789Z', '2026-03-30T12:34:56.789Z'],
    ['year', 12, '2025-03-31T12:34:56.789Z', '2026-02-28T12:34:56.789Z'],
  ] as const)('of a %s are %i, and reach until now', (period, count, first, last) => {
    const starts = steps(period);
    expect(starts).toHaveLength(count);
    expect([starts[0], starts.at(-1)]).toEqual([first, last]);
  });

  it('are twelve for a year that ends on a leap day', () => {
    const starts = steps('year', undefined, undefined, new Date('2028-02-29T00:00:00Z'));
    expect(starts).toHaveLength(12);
    expect([starts[0], starts.at(-1)]).toEqual(['2027-02-28T00:00:00.000Z', '2028-01-28T00:00:00.000Z']);
  });

  it('begin at from, and the last may be shorter', () => {
    const hours = ['2026-01-01T00:30:00.000Z', '2026-01-01T01:30:00.000Z', '2026-01-01T02:30:00.000Z'];
    expect(steps('day', '2026-01-01T00:30:00Z', '2026-01-01T02:31:00Z')).toEqual(hours);
    expect(steps('day', '2026-01-01T00:30:00Z', '2026-01-01T02:30:00Z')).toEqual(hours.slice(0, 2));
    const months = ['2025-11-30T00:00:00.000Z', '2025-12-30T00:00:00.000Z', '2026-01-30T00:00:00.000Z'];
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
    expect(steps('week', '2023-07-05T00:00:00Z', '2026-03-31T00:00:00Z')).toHaveLength(1000);
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
