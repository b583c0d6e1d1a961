import { onlyKnown, pageQuery, reasonText, timestamp } from '@visapi/backend-http';
import { z } from 'zod';
import type { LookUpOrderResult } from '../queries/look-up-order.query.js';

export const lookUpBody = z.object({
  field: z.enum(['email', 'orderid', 'phone'], 'must be one of email, orderid, phone'),
  key: z
    .string('must be text')
    .trim()
    .min(1, 'must not be empty')
    .max(200, 'must have at most 200 characters')
    .refine((key) => key.isWellFormed() && !/\p{Cc}/u.test(key), 'must not contain control characters'),
});

const application = z.object({
  recordId: z.string(),
  applicationId: z.string().nullable(),
  visaId: z.string().nullable(),
  visaUrl: z.string().nullable(),
  firstName: z.string().nullable(),
  surname: z.string().nullable(),
  status: z.string().nullable(),
});

export const lookUpResponse = z.object({
  status: z.enum(['none', 'found', 'multiple']),
  message: z.string(),
  record: z
    .object({
      id: z.string(),
      fields: z.record(z.string(), z.unknown()),
      createdTime: z.string().nullable(),
    })
    .optional(),
  statusMessage: z.string().optional(),
  applications: z.array(application).optional(),
});

export function toLookUpResponse(result: LookUpOrderResult) {
  switch (result.status) {
    case 'none':
      return { status: result.status, message: 'No order was found.' };
    case 'multiple':
      return { status: result.status, message: 'Several orders were found; the order id tells them apart.' };
    case 'found': {
      const { recordId, fields, createdTime } = result.order;
      const applications = result.applications?.filter((found) => !found.unreadable);
      const { status, statusMessage } = result;
      const record = { id: recordId, fields, createdTime };
      return { status, message: 'One order was found.', record, statusMessage, applications };
    }
  }
}

export const completedQuery = onlyKnown({
  ...pageQuery('record'),
  state: z.enum(['pending', 'done']).optional(),
  orderId: z.string().max(300).optional(),
});

export const completedResponse = z
  .object({
    recordId: z.string(),
    orderId: z.string().nullable(),
    state: z.string(),
    reason: z.string().nullable(),
    completedAt: timestamp.nullable(),
    firstSeenAt: timestamp,
    lastSeenAt: timestamp,
    checkedAt: timestamp.nullable(),
    doneAt: timestamp.nullable(),
    doneBy: z.string().nullable(),
  })
  .meta({ id: 'CompletedVisa' });

export const statsResponse = z.object({
  pending: z.number(),
  orderUnknown: z.number(),
  done: z.number(),
  oldestPendingAt: timestamp.nullable(),
  lastRun: z.object({
    startedAt: timestamp.nullable(),
    finishedAt: timestamp.nullable(),
    /** Why the last run did not come to its end; null when it did. */
    problem: z.string().nullable(),
    /** Records that the last complete run saw. */
    seen: z.number(),
    running: z.boolean(),
    requested: z.boolean(),
  }),
});

export const bootstrapBody = onlyKnown({
  reason: reasonText,
  dryRun: z.boolean('must be true or false').default(false),
});

export const requestedResponse = z.object({
  requested: z.boolean(),
  message: z.string(),
  /** Records that are not done as far as the last run knows. */
  pending: z.number(),
});
