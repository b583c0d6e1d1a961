import { inOrder, noReason, onlyKnown, optionalReason, pageQuery, reasonText } from '@visapi/backend-http';
import type { DeliveryRow } from '@visapi/backend-repositories/inbox';
import { z } from 'zod';
import { foreseenAs, replayedAs } from '../replay.js';
import { forcedEffects, howOf, replayModes } from '../replay-mode.js';
import { time, timestamp } from './fields.schemas.js';

const outcome = z.enum(['accepted', 'changed', 'skipped', 'rejected']);
const state = z.enum(['open', 'applied', 'failed', 'closed']);

export const deliveriesQuery = onlyKnown({
  ...pageQuery('position'),
  orderId: z.string().max(300).optional(),
  outcome: outcome.optional(),
  state: state.optional(),
  source: z.string().max(50).optional(),
  from: time.optional(),
  to: time.optional(),
}).refine(...inOrder('from', 'to'));

const deliveryId = z.uuid('must be the id of a delivery (a UUID)');

export const deliveryIdParameter = z.object({ id: deliveryId });

export const replayRequest = onlyKnown({
  dryRun: z.boolean('must be true or false').default(false),
  mode: z.enum(replayModes, `must be one of ${replayModes.join(', ')}`).default('missing'),
  /** Which effect is forced. */
  effect: z.enum(forcedEffects, `must be ${forcedEffects.join(' or ')}`).optional(),
  /** What a dry run of the same call answered. */
  confirm: z.string('must be what a dry run answered as confirm').max(100).optional(),
  reason: reasonText.optional(),
})
  .prefault({})
  .transform(({ dryRun, ...asked }, context) => {
    const how = howOf(asked);
    const { reason = noReason } = asked;
    if (!('message' in how)) return { dryRun, how, reason };
    context.addIssue({ code: 'custom', path: [how.path], message: how.message });
    return z.NEVER;
  });

const filter = onlyKnown({
  ids: z.array(deliveryId).min(1).max(500).optional(),
  orderId: z.string().max(300).optional(),
  outcome: outcome.optional(),
  state: state.optional(),
  from: time.optional(),
  to: time.optional(),
})
  .refine(
    (wanted) => Object.values(wanted).some((value) => value !== undefined),
    'must say which deliveries, such as { "state": "failed" }',
  )
  .refine(...inOrder('from', 'to'));

export const replayManyRequest = onlyKnown({
  filter,
  /** Where an earlier answer says that the next call begins. */
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'cursor must be one that an earlier answer gave')
    .default('0'),
  dryRun: z.boolean('must be true or false').default(false),
  mode: z
    .enum(['state', 'missing'], {
      error: ({ input }) =>
        input === 'force'
          ? 'must be state or missing; force is for one delivery: POST /deliveries/<id>/replay'
          : 'must be state or missing',
    })
    .default('missing'),
  reason: optionalReason,
});

const problems = z.array(z.object({ path: z.string(), message: z.string() }));

export const deliveryResponse = z
  .object({
    id: z.string(),
    orderId: z.string().nullable(),
    source: z.string(),
    outcome: z.string(),
    state: z.string(),
    sha256: z.string(),
    repeats: z.number(),
    lastRepeatAt: timestamp.nullable(),
    problems,
    correlationId: z.string(),
    receivedAt: timestamp,
    appliedAt: timestamp.nullable(),
  })
  .meta({ id: 'Delivery' });

export function toDeliveryResponse(row: DeliveryRow) {
  const problems: unknown = row.problems === null ? [] : JSON.parse(row.problems);
  return { ...row, sha256: row.bodyHash.toString('hex'), problems };
}

const replayed = z.object({
  deliveryId: z.string(),
  orderId: z.string().nullable(),
  status: z.enum(replayedAs),
  problems,
  opened: z.array(z.string()),
  planned: z.array(z.object({ effect: z.enum(forcedEffects), id: z.string() })).optional(),
  fields: z.array(z.string()).optional(),
});

const foreseen = z.object({
  deliveryId: z.string(),
  orderId: z.string().nullable(),
  now: z.object({ outcome: z.string(), state: z.string() }),
  would: z.enum(foreseenAs),
  problems,
  order: z
    .object({
      branch: z.string(),
      product: z.string().nullable(),
      country: z.string().nullable(),
      warnings: z.array(z.string()),
    })
    .optional(),
  effects: z
    .array(z.object({ kind: z.string(), state: z.string(), reason: z.string().nullable() }))
    .optional(),
  fields: z.array(z.string()).optional(),
  confirm: z.string().optional(),
});

/** What was done, or for a dry run what would be. */
export const replayResponse = z.union([foreseen, replayed]);

const manyOf = <T extends z.ZodType>(result: T) => ({
  matched: z.number(),
  more: z.boolean(),
  cursor: z.string().nullable(),
  results: z.array(result),
});

export const replayManyResponse = z.union([
  z.object({ ...manyOf(replayed), replayed: z.number(), unchanged: z.number(), failed: z.number() }),
  z.object(manyOf(foreseen)),
]);
