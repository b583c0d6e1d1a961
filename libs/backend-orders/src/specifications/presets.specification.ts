import { dayOfWeek, startOfDay } from '../local-day.js';
import {
  type Money,
  orderRule,
  type OrderSpecification,
  OrderSpecificationBuilder,
} from './order.specification.js';

/** Where the agency's days begin and end; its weeks begin on Sunday. */
const timeZone = 'Asia/Jerusalem';
const mostPatientMs = 3 * 24 * 60 * 60 * 1000;

/** Orders that came since midnight. */
export function todaysOrders(now: Date): OrderSpecification {
  return new OrderSpecificationBuilder().createdAfter(startOfDay(now, timeZone)).build();
}

/** Orders that came since Sunday. */
export function thisWeeksOrders(now: Date): OrderSpecification {
  const sunday = startOfDay(now, timeZone, -dayOfWeek(now, timeZone));
  return new OrderSpecificationBuilder().createdAfter(sunday).build();
}

/** Orders for which not everything is done; canceled ones are owed nothing. */
export function pendingProcessing(): OrderSpecification {
  return new OrderSpecificationBuilder()
    .unprocessed()
    .not(orderRule('status', 'eq', 'canceled'))
    .build();
}

/** Orders that a person should look at: unprocessed for three days, changed in what matters, or odd. */
export function needingAttention(now: Date): OrderSpecification {
  return new OrderSpecificationBuilder()
    .unprocessed()
    .createdBefore(new Date(now.getTime() - mostPatientMs))
    .or(orderRule('review', 'isNull', false), orderRule('warnings', 'isNull', false))
    .build();
}

/** Orders worth at least so much. */
export function highValueOrders(least: Money): OrderSpecification {
  return new OrderSpecificationBuilder().withMinAmount(least).build();
}

const named = { todaysOrders, thisWeeksOrders, pendingProcessing, needingAttention } as const;

/** A name, or a name with what the rule needs besides. */
export type Preset = keyof typeof named | ({ readonly name: 'highValueOrders' } & Money);

export const examplePresets: readonly Preset[] = [
  ...(Object.keys(named) as (keyof typeof named)[]),
  { name: 'highValueOrders', currency: 'ILS', amount: '10000' },
];

export function presetSpecification(preset: Preset, now: Date): OrderSpecification {
  return typeof preset === 'string' ? named[preset](now) : highValueOrders(preset);
}
