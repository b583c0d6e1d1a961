/** A span of time whose orders are summed up: so many hours long, and so long after 1970-01-01 00:00 UTC times a number. */
export interface Span {
  readonly hours: number;
  readonly begins: Date;
}

/** Spans that cover a time between them, none of it twice. */
export interface Cover {
  readonly spans: readonly Span[];
  /** From here on all spans of this length, when the time has no end. */
  readonly open: Span | null;
}

/** Between two times; `to` is null = without end. */
export interface Interval {
  readonly from: Date;
  readonly to: Date | null;
}

/** Each length is a whole number of the one before it. */
export const countedHours = [4, 24, 144, 864] as const;
export const pricedHours = [1, 24] as const;

const hourMs = 3_600_000;

/** What lies between two boundaries of spans of so many hours within a period; null when that is nothing. */
export function wholeSpansOf({ from, to }: Interval, hours: number): Interval | null {
  const first = new Date(boundaryFrom(from.getTime(), hours));
  if (to === null) return { from: first, to };
  const last = new Date(boundaryUntil(to.getTime(), hours));
  return first < last ? { from: first, to: last } : null;
}

/**
 * As few spans as cover an interval: short ones until a longer one can begin, the longest as long as they fit, short ones
 * again towards the end.
 * @param lengths in hours, ascending, each a whole number of the one before; the interval lies on boundaries of the first
 */
export function coverOf({ from, to }: Interval, lengths: readonly number[]): Cover {
  const spans: Span[] = [];
  let at = from.getTime();
  const end = to?.getTime() ?? Infinity;
  const add = (hours: number, until: number): void => {
    for (; at < until; at += hours * hourMs) spans.push({ hours, begins: new Date(at) });
  };
  for (const [index, hours] of lengths.entries()) {
    const longer = lengths[index + 1];
    if (longer !== undefined) add(hours, Math.min(boundaryFrom(at, longer), boundaryUntil(end, hours)));
    else if (to === null) return { spans, open: { hours, begins: new Date(at) } };
  }
  for (const hours of lengths.toReversed()) add(hours, boundaryUntil(end, hours));
  return { spans, open: null };
}

/** Whether all of these times are boundaries of spans of so many hours. */
export function areBoundaries(times: readonly Date[], hours: number): boolean {
  return times.every((time) => time.getTime() % (hours * hourMs) === 0);
}

function boundaryFrom(time: number, hours: number): number {
  return Math.ceil(time / (hours * hourMs)) * hours * hourMs;
}

function boundaryUntil(time: number, hours: number): number {
  return Math.floor(time / (hours * hourMs)) * hours * hourMs;
}
