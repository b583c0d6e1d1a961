import type { CountedOrders } from '@visapi/backend-repositories/orders';

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;
/** An answer stays readable, and a period of years in steps of hours is a slip. */
const mostSteps = 1_000;

/** How far each period reaches back, and where its steps begin by the clock and the calendar of UTC. */
const periods = {
  day: { back: (end: Date) => new Date(end.getTime() - dayMs), align: hourOf, next: nextHour },
  week: { back: (end: Date) => new Date(end.getTime() - 7 * dayMs), align: dayOf, next: nextDay },
  month: { back: (end: Date) => new Date(end.getTime() - 30 * dayMs), align: dayOf, next: nextDay },
  year: { back: (end: Date) => addMonths(end, -12), align: monthOf, next: nextMonth },
} as const;

export type Period = keyof typeof periods;
export const periodNames = Object.keys(periods) as readonly Period[];

export interface StatsRange {
  readonly period: Period;
  /** The period's length before `to`, unless said otherwise. */
  readonly from?: Date;
  /** Now, unless said otherwise. */
  readonly to?: Date;
}

export interface OrderStats {
  readonly totalOrders: number;
  /** By currency, as decimal text. */
  readonly revenue: Readonly<Record<string, string>>;
  readonly averageOrderValue: Readonly<Record<string, string>>;
  readonly byBranch: Readonly<Record<string, number>>;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byCountry: Readonly<Record<string, number>>;
  readonly byProduct: Readonly<Record<string, number>>;
  readonly timeSeries: readonly OrdersOfStep[];
}

interface OrdersOfStep {
  readonly start: Date;
  readonly orders: number;
  readonly revenue: Readonly<Record<string, string>>;
}

/**
 * When the steps of a range begin: the first with the range, the others with the hours, days or months of UTC, so that
 * together they hold exactly its orders and equal steps of different answers hold the same ones.
 * @returns in words what is wrong with the range, if it cannot be divided
 */
export function stepsOf({ period, from, to }: StatsRange, now: Date): readonly [Date, ...Date[]] | string {
  const { back, align, next } = periods[period];
  const end = to ?? now;
  const start = from ?? back(end);
  if (start >= end) return to === undefined ? 'must be in the past' : 'must be before to';
  const starts: [Date, ...Date[]] = [start];
  for (let at = next(align(start)); at < end; at = next(at)) {
    if (starts.length === mostSteps)
      return `makes more than ${mostSteps} steps of period ${period}; choose a longer period or a later time`;
    starts.push(at);
  }
  return starts;
}

function hourOf(time: Date): Date {
  return new Date(Math.floor(time.getTime() / hourMs) * hourMs);
}

function nextHour(hour: Date): Date {
  return new Date(hour.getTime() + hourMs);
}

function dayOf(time: Date): Date {
  return new Date(Math.floor(time.getTime() / dayMs) * dayMs);
}

function nextDay(day: Date): Date {
  return new Date(day.getTime() + dayMs);
}

function monthOf(time: Date): Date {
  return new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), 1));
}

function nextMonth(month: Date): Date {
  return new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 1));
}

/** The same day and time so many months on; the last day of a month that has no such day. */
function addMonths(start: Date, count: number): Date {
  const moved = new Date(start);
  moved.setUTCMonth(start.getUTCMonth() + count, 1);
  const lastDay = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(start.getUTCDate(), lastDay));
  return moved;
}

/** Puts together what was counted. Orders without a currency or amount count, and are worth nothing known. */
export function summarize(counted: readonly CountedOrders[], starts: readonly Date[]): OrderStats {
  const of = (respect: CountedOrders['respect']) => counted.filter((row) => row.respect === respect);
  const currencies = of('currency');
  const steps = Map.groupBy(of('step'), ({ value }) => Number(value));
  return {
    totalOrders: currencies.reduce((sum, { orders }) => sum + orders, 0),
    revenue: moneyBy(currencies, 'revenue'),
    averageOrderValue: moneyBy(currencies, 'average'),
    byBranch: ordersBy(of('branch')),
    byStatus: ordersBy(of('status')),
    byCountry: ordersBy(of('country')),
    byProduct: ordersBy(of('product')),
    timeSeries: starts.map((start, index) => {
      const rows = steps.get(index + 1) ?? [];
      const orders = rows.reduce((sum, row) => sum + row.orders, 0);
      return { start, orders, revenue: moneyBy(rows, 'revenue') };
    }),
  };
}

/** What is not known is counted together with what is called unknown. */
function ordersBy(rows: readonly CountedOrders[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { value, orders } of rows) {
    const name = value ?? 'unknown';
    counts.set(name, (counts.get(name) ?? 0) + orders);
  }
  return Object.fromEntries(counts);
}

function moneyBy(rows: readonly CountedOrders[], of: 'revenue' | 'average'): Record<string, string> {
  return Object.fromEntries(
    rows.flatMap(({ currency, [of]: amount }) =>
      currency === null || amount === null ? [] : [[currency, moneyText(amount)]],
    ),
  );
}

/** Two decimal places, more only where they say something. */
function moneyText(decimal: string): string {
  const [whole = '', fraction = ''] = decimal.split('.');
  return `${whole}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`;
}
