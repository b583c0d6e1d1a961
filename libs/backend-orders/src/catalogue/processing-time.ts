import { findDestination } from './destinations.js';

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
const ordinary: readonly (string | null)[] = [null, 'none', 'standard', 'normal', 'regular'];

export function isKnownUrgency(urgency: string | null): boolean {
  return ordinary.includes(urgency) || paidDays.has(urgency ?? '');
}

/** Whether the customer paid for the next working day or faster. */
export function isUrgent(urgency: string | null): boolean {
  return paidDays.get(urgency ?? '') === 1;
}

/**
 * Business days the customer is told: the purchased speed, else what the product says (`wait`), else what is usual for
 * the country. Undefined when the country is unknown and the product says nothing.
 */
export function processingDays(
  urgency: string | null,
  wait: number | null,
  country: string | null,
): number | undefined {
  return (
    paidDays.get(urgency ?? '') ?? (wait !== null && wait > 0 ? wait : findDestination(country)?.usualDays)
  );
}
