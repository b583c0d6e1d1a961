import { onlyKnown, pageQuery, phoneText, reasonText, timestamp } from '@visapi/backend-http';
import { z } from 'zod';

const statuses = [
  'planned',
  'claimed',
  'accepted',
  'sent',
  'delivered',
  'read',
  'failed',
  'skipped',
  'uncertain',
] as const;

export const messagesQuery = onlyKnown({
  ...pageQuery('id'),
  orderId: z.string().max(300).optional(),
  phone: phoneText.optional(),
  status: z.enum(statuses).optional(),
  template: z.string().max(200).optional(),
});

export const messageIdParameter = z.object({ id: z.uuid('must be the id of a message (a UUID)') });

export const settleBody = onlyKnown({
  outcome: z.enum(['sent', 'not-sent'], 'must be sent or not-sent'),
  reason: reasonText,
});

export const settleResponse = z.object({ id: z.string(), orderId: z.string(), status: z.enum(statuses) });

export const messageResponse = z
  .object({
    id: z.string(),
    orderId: z.string(),
    /** What it is for: the order's confirmation, issues of an applicant, an approved visa. */
    purpose: z.string(),
    applicantId: z.string().nullable(),
    /** The message that an operator had sent again by this one. */
    resendOf: z.string().nullable(),
    template: z.string(),
    language: z.string(),
    phone: z.string().nullable(),
    status: z.enum(statuses),
    reason: z.string().nullable(),
    providerMessageId: z.string().nullable(),
    binding: z.string().nullable(),
    attempt: z.number(),
    correlationId: z.string(),
    plannedAt: timestamp,
    claimedAt: timestamp.nullable(),
    acceptedAt: timestamp.nullable(),
    sentAt: timestamp.nullable(),
    deliveredAt: timestamp.nullable(),
    readAt: timestamp.nullable(),
    failedAt: timestamp.nullable(),
    uncertainAt: timestamp.nullable(),
    skippedAt: timestamp.nullable(),
    evidence: z.unknown(),
  })
  .meta({ id: 'Message' });
