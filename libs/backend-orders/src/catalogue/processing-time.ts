import { findDestination } from './destinations.js';
import { wordKey } from './spelling.js';

/** Business days that a purchased speed promises: the upper bound of its range. */
const paidDays = new Map<string, number>([
  ['few_hours', 1],
  ['next_day', 1],
  ['urgent', 1],
  ['express', 1],
  ['rush', 1],
  ['priority', 1],
  ['1_2_days', 2],
  ['3_days', 3],
  ['5_days', 5],
  ['5_15_days', 15],
]);
const ordinary = new Set(['none', 'standard', 'normal', 'regular']);

export function isKnownUrgency(urgency: string | null): boolean {
  return urgency === null || ordinary.has(wordKey(urgency)) || paid(urgency) !== undefined;
}

/** Whether the customer paid for the next working day or faster. */
export function isUrgent(urgency: string | null): boolean {
  return paid(urgency) === 1;
}

/**
 * Business days the customer is told: the purchased speed, else what the product says (`wait`), else what is usual for
 * the country. Undefined when the speed is one we do not know (how fast it was bought is then unknown), and when the
 * country is unknown and the product says nothing.
 */
export function processingDays(
  urgency: string | null,
  wait: number | null,
  country: string | null,
): number | undefined {
  if (!isKnownUrgency(urgency)) return undefined;
  return paid(urgency) ?? (wait !== null && wait > 0 ? wait : findDestination(country)?.usualDays);
}

function paid(urgency: string | null): number | undefined {
  return urgency === null ? undefined : paidDays.get(wordKey(urgency));
}
