import { onlyKnown, optionalReason } from '@visapi/backend-http';
import { orderIdSchema } from '@visapi/backend-kernel';
import { z } from 'zod';
import type { Retriggered, RetriggeredOrders } from '../commands/retrigger-orders.command.js';

const dayOrTime = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: 'must be a day such as 2026-01-05 or a time such as 2026-01-05T00:00:00Z',
});

export const retriggerRequest = onlyKnown({
  mode: z.enum(['single', 'bulk'], 'must be single or bulk'),
  orderId: orderIdSchema.optional(),
  orderIds: z.array(orderIdSchema).min(1).max(500).optional(),
  /** Of the deliveries' arrival; a day is meant whole, in UTC. */
  startDate: dayOrTime.optional(),
  endDate: dayOrTime.optional(),
  skipProcessed: z.boolean('must be true or false').default(true),
  dryRun: z.boolean('must be true or false').default(false),
  reason: optionalReason,
}).check(({ value, issues }) => {
  const message = wrongChoice(value);
  if (message !== undefined) issues.push({ code: 'custom', input: value, path: ['mode'], message });
});

interface Choice {
  readonly mode: 'single' | 'bulk';
  readonly orderId?: string | undefined;
  readonly orderIds?: readonly string[] | undefined;
  readonly startDate?: string | undefined;
  readonly endDate?: string | undefined;
}

function wrongChoice({ mode, orderId: one, orderIds, startDate, endDate }: Choice): string | undefined {
  const isPeriod = startDate !== undefined || endDate !== undefined;
  if (mode === 'single')
    return one !== undefined && !orderIds && !isPeriod ? undefined : 'single takes orderId, and that alone';
  const isOne = one === undefined && (orderIds !== undefined) !== isPeriod;
  return isOne ? undefined : 'bulk takes either orderIds or startDate and endDate (one of them at least)';
}

export function ordersOf(choice: Choice): RetriggeredOrders {
  const { orderId: one, orderIds, startDate, endDate } = choice;
  if (one !== undefined) return { orderIds: [one] };
  if (orderIds !== undefined) return { orderIds };
  const from = startDate === undefined ? null : new Date(startDate);
  return { from, to: endDate === undefined ? null : endOf(endDate) };
}

const dayMs = 24 * 60 * 60 * 1000;

/** A time as it is; a day until it is over. */
function endOf(text: string): Date {
  const start = new Date(text);
  return text.includes('T') ? start : new Date(start.getTime() + dayMs);
}

export const retriggerResponse = z.object({
  successful: z.number(),
  failed: z.number(),
  skipped: z.number(),
  /** Whether the period holds more orders than one call takes. */
  more: z.boolean(),
  details: z.array(
    z.object({
      orderId: z.string(),
      status: z.enum(['successful', 'failed', 'skipped']),
      message: z.string(),
    }),
  ),
});

export function toRetriggerResponse(result: { more: boolean; details: readonly Retriggered[] }) {
  const count = (wanted: Retriggered['status']) =>
    result.details.filter(({ status }) => status === wanted).length;
  return {
    ...result,
    successful: count('successful'),
    failed: count('failed'),
    skipped: count('skipped'),
  };
}
