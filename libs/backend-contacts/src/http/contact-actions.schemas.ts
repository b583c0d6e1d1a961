import { onlyKnown, optionalReason, orderNames, toOrderTarget } from '@visapi/backend-http';
import { z } from 'zod';
import type { ResyncedCbbContact } from '../commands/resync-cbb-contact.command.js';

export const orderParameter = z.object({ orderId: z.string().min(1).max(300) });

export const syncBody = onlyKnown({ reason: optionalReason }).prefault({});

export const syncResponse = z.object({
  orderId: z.string(),
  status: z.enum(['planned', 'would-plan']),
  phone: z.string(),
  valuesOf: z.string(),
  fields: z.array(z.string()),
  /** What would be written, by field; only for a dry run. */
  values: z.record(z.string(), z.string()).optional(),
});

export function toSyncResponse({ fields, ...contact }: ResyncedCbbContact): z.infer<typeof syncResponse> {
  const values = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
  const names = fields.map(({ name }) => name);
  return { ...contact, fields: names, ...(contact.status === 'would-plan' ? { values } : {}) };
}

export const resyncBody = onlyKnown({
  ...orderNames,
  dryRun: z.boolean('must be true or false').optional(),
  reason: optionalReason,
}).transform(toOrderTarget);

/** The shape that the system before answered with. */
export const resyncResponse = z.object({
  success: z.literal(true),
  phoneNumber: z.string(),
  orderId: z.string(),
  /** Contacts have no id of ours. */
  cbbContactUuid: z.null(),
  message: z.string(),
  /** CBB has no way to ask. */
  whatsappAvailable: z.null(),
  /** Not known before a worker has written it. */
  created: z.literal(false),
});

export function toResyncResponse(contact: ResyncedCbbContact): z.infer<typeof resyncResponse> {
  const { orderId, phone, status, fields, valuesOf } = contact;
  const whose = valuesOf === orderId ? '' : ` with the values of its newest order ${valuesOf}`;
  const verb = status === 'planned' ? 'will be' : 'would be';
  return {
    success: true,
    phoneNumber: phone,
    orderId,
    cbbContactUuid: null,
    message: `The contact ${verb} written again, ${fields.length} fields${whose}.`,
    whatsappAvailable: null,
    created: false,
  };
}
