import { inOrder, onlyKnown, pageQuery } from '@visapi/backend-http';
import { z } from 'zod';
import type { SealedEvent } from '../queries/get-events.query.js';
import { time, timestamp, word } from './fields.schemas.js';

/** A type (`order.created`), or all of a family (`operator.*`). A star elsewhere would be taken for a letter, and find nothing. */
const typeOrFamily = word.refine(
  (given) => !given.replace(/^[a-z-]+\.\*$/, '').includes('*'),
  'must be a type such as order.created, or a family such as operator.*',
);
const period = { from: time.optional(), to: time.optional() };

export const eventsQuery = onlyKnown({
  ...pageQuery('position'),
  ...period,
  type: typeOrFamily.optional(),
  aggregateType: word.optional(),
  aggregateId: word.optional(),
  correlationId: word.optional(),
}).refine(...inOrder('from', 'to'));

export const eventResponse = z
  .object({
    position: z.number(),
    id: z.string(),
    type: z.string(),
    aggregateType: z.string(),
    aggregateId: z.string(),
    aggregateVersion: z.number(),
    actor: z.string(),
    correlationId: z.string(),
    /** Of whoever asked for it over HTTP; null for what was not, and for webhooks. */
    ip: z.string().nullable(),
    payload: z.unknown(),
    occurredAt: timestamp,
  })
  .meta({ id: 'Event' });

export const auditQuery = onlyKnown({
  ...pageQuery('position'),
  ...period,
  actor: word.optional(),
  action: typeOrFamily.optional(),
  /** Type and id of what was acted on, such as `order:IL260105IN10`; the type alone for all of them. */
  resource: word.optional(),
  correlationId: word.optional(),
}).refine(...inOrder('from', 'to'));

export const auditResponse = z
  .object({
    position: z.number(),
    at: timestamp,
    actor: z.string(),
    action: z.string(),
    resource: z.object({ type: z.string(), id: z.string() }),
    /** Names of changed fields; their values are nowhere in the history. */
    fields: z.array(z.string()),
    reason: z.string().nullable(),
    correlationId: z.string(),
    ip: z.string().nullable(),
    sealed: z.boolean(),
  })
  .meta({ id: 'AuditEntry' });

export function toEventFilter({ actor, action, resource, ...rest }: z.infer<typeof auditQuery>) {
  const [aggregateType, ...id] = resource?.split(':') ?? [];
  const aggregateId = id.length > 0 ? id.join(':') : undefined;
  return { ...rest, actor, type: action, aggregateType, aggregateId };
}

export function toAuditResponse(event: SealedEvent) {
  const { fields, reason } = event.payload as { fields?: string[]; reason?: string };
  return {
    ...event,
    at: event.occurredAt,
    action: event.type,
    resource: { type: event.aggregateType, id: event.aggregateId },
    fields: fields ?? [],
    reason: reason ?? null,
    sealed: event.isSealed,
  };
}
