import { inOrder, onlyKnown, optionalReason, pageQuery, reasonText } from '@visapi/backend-http';
import type { ReplayRow } from '@visapi/backend-repositories/events';
import { z } from 'zod';
import { time, timestamp, word } from './fields.schemas.js';

const position = z
  .number('must be a position in the history')
  .int('must be a whole number')
  .min(1, 'must be at least 1')
  .max(1e15, 'must be a position in the history');
const yesOrNo = z.boolean('must be true or false');

export const startRequest = onlyKnown({
  handler: word,
  types: z.array(word).min(1, 'must name a type; all are meant when it is left out').max(100).optional(),
  aggregateId: word.optional(),
  from: time.optional(),
  to: time.optional(),
  fromPosition: position.optional(),
  toPosition: position.optional(),
  dryRun: yesOrNo.default(true),
  rebuild: yesOrNo.default(false),
  force: yesOrNo.default(false),
  ratePerSecond: z
    .number('must be a number of events')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(10_000, 'must be at most 10000')
    .default(1_000),
  reason: reasonText.optional(),
}).refine(...inOrder('from', 'to'));

export const steerRequest = onlyKnown({ reason: optionalReason }).prefault({});

export const replaysQuery = onlyKnown({
  ...pageQuery('id'),
  handler: word.optional(),
  state: z
    .enum(['running', 'done', 'cancelled', 'failed'], 'must be running, done, cancelled or failed')
    .optional(),
});

export const replayParameter = z.object({ id: z.uuid('must be the id of a replay (a UUID)') });

const previewResponse = z.object({
  handler: z.string(),
  events: z.number(),
  byType: z.record(z.string(), z.number()),
  firstPosition: z.number().nullable(),
  lastPosition: z.number().nullable(),
});

export const replayResponse = z
  .object({
    id: z.string(),
    handler: z.string(),
    state: z.string(),
    /** Events that have been looked at, of how many, and the last of them. */
    handled: z.number(),
    total: z.number(),
    position: z.number(),
    fromPosition: z.number(),
    toPosition: z.number(),
    types: z.array(z.string()),
    aggregateId: z.string().nullable(),
    from: timestamp.nullable(),
    to: timestamp.nullable(),
    rebuild: z.boolean(),
    ratePerSecond: z.number(),
    reason: z.string(),
    requestedBy: z.string(),
    problem: z.string().nullable(),
    createdAt: timestamp,
    finishedAt: timestamp.nullable(),
  })
  .meta({ id: 'EventReplay' });

/** The replay that runs now, or for a dry run what it would tell. */
export const startResponse = z.union([replayResponse, previewResponse]);

export function toReplayResponse(replay: ReplayRow) {
  return { ...replay, from: replay.occurredFrom, to: replay.occurredTo };
}
