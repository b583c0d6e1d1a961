import { needsOneOf, onlyKnown, optionalReason, pageQuery, reasonText } from '@visapi/backend-http';
import { z } from 'zod';
import { timestamp, word } from './fields.schemas.js';

const kind = z.enum(['handler', 'job'], 'must be handler or job');

export const deadLettersQuery = onlyKnown({
  ...pageQuery('id'),
  state: z.enum(['open', 'replayed', 'discarded'], 'must be open, replayed or discarded').optional(),
  kind: kind.optional(),
  /** Of the handler or job. */
  name: word.optional(),
  aggregateId: word.optional(),
});

export const deadLetterParameter = z.object({ id: z.uuid('must be the id of a dead letter (a UUID)') });

export const replayRequest = onlyKnown({ reason: optionalReason }).prefault({});

/** What is left out for good is said why. */
export const discardRequest = onlyKnown({ reason: reasonText });

export const replayManyRequest = needsOneOf(
  onlyKnown({
    reason: optionalReason,
    name: word.optional(),
    kind: kind.optional(),
    dryRun: z.boolean('must be true or false').default(false),
  }),
  ['name', 'kind'],
  'name a handler or a job, or a kind (handler or job): which letters are to be replayed',
).prefault({});

export const deadLetterResponse = z
  .object({
    id: z.string(),
    kind: z.string(),
    name: z.string(),
    reference: z.string(),
    aggregateType: z.string().nullable(),
    aggregateId: z.string().nullable(),
    correlationId: z.string().nullable(),
    attempts: z.number(),
    errors: z.array(z.object({ at: z.string(), code: z.string(), message: z.string() })),
    firstFailedAt: timestamp,
    lastFailedAt: timestamp,
    state: z.string(),
    resolvedAt: timestamp.nullable(),
    resolvedBy: z.string().nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'DeadLetter' });

/** What was done, or for a dry run what would be. */
export const replayManyResponse = z.union([
  z.object({
    replayed: z.array(z.string()),
    refused: z.array(z.object({ id: z.string(), problem: z.string() })),
    more: z.boolean(),
  }),
  z.object({ letters: z.array(deadLetterResponse), more: z.boolean() }),
]);
