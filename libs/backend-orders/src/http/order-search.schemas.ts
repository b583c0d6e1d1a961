import { onlyKnown, pageInBody } from '@visapi/backend-http';
import { z } from 'zod';
import { periodNames } from '../order-stats.js';
import type { Preset } from '../specifications/presets.specification.js';
import { time, timestamp } from './fields.schemas.js';

const sortFields = ['createdAt', 'processedAt', 'amount'] as const;
const wrongSort = 'must be one of createdAt, processedAt, amount with :asc or :desc, such as "amount:desc"';

/** `"amount:desc"` or `{ "field": "amount", "direction": "desc" }`. */
const sort = z.union(
  [
    z
      .string()
      .transform((given) => given.split(':'))
      .pipe(z.tuple([z.enum(sortFields), z.enum(['asc', 'desc'])]))
      .transform(([field, direction]) => ({ field, direction })),
    z.strictObject({ field: z.enum(sortFields), direction: z.enum(['asc', 'desc']) }),
  ],
  wrongSort,
);

const simple = z.enum(['todaysOrders', 'thisWeeksOrders', 'pendingProcessing', 'needingAttention']);
const highValue = z.strictObject({
  name: z.literal('highValueOrders'),
  currency: z.string().trim().min(1).max(10),
  amount: z.string().regex(/^\d{1,16}(\.\d{1,4})?$/),
});
const wrongPreset =
  'must be todaysOrders, thisWeeksOrders, pendingProcessing, needingAttention or ' +
  '{ "name": "highValueOrders", "currency": "ILS", "amount": "10000" }';
const preset = z.union([simple, highValue], wrongPreset) satisfies z.ZodType<Preset>;

export const searchRequest = onlyKnown({
  where: z.unknown().optional(),
  preset: preset.optional(),
  ...pageInBody,
  sort: sort.default({ field: 'createdAt', direction: 'desc' }),
}).refine(
  ({ where, preset: named }) => where !== undefined || named !== undefined,
  'must hold where, preset or both',
);

/** What to send as `preset`, and which orders it means now. */
export const presetsResponse = z.array(z.object({ preset: z.unknown(), meaning: z.string() }));

export const statsQuery = onlyKnown({
  period: z.enum(periodNames, `must be one of ${periodNames.join(', ')}`).default('month'),
  from: time.optional(),
  to: time.optional(),
});

const money = z.record(z.string(), z.string());
const counts = z.record(z.string(), z.number());

export const statsResponse = z
  .object({
    totalOrders: z.number(),
    revenue: money,
    averageOrderValue: money,
    byBranch: counts,
    byStatus: counts,
    byCountry: counts,
    byProduct: counts,
    timeSeries: z.array(z.object({ start: timestamp, orders: z.number(), revenue: money })),
  })
  .meta({ id: 'OrderStats' });
