import { z } from 'zod';

const noPayload = z.object({});

/** Every fact the system announces and the shape of its payload. Additive only: old rows are read for ever. */
export const eventContracts = {
  /** A body that may become an order was stored. Aggregate: the delivery. */
  'delivery.received': noPayload,
  /** A body with delivery receipts was stored. Aggregate: the delivery. */
  'receipts.received': noPayload,
  /** A key was used since it was last told, as one process saw it. Aggregate: the API key. */
  'api-key.used': z.object({ count: z.number(), firstUsedAt: z.string(), lastUsedAt: z.string() }),
  /** Somebody gave out a key; one that is restricted may be used from certain networks alone. Aggregate: the API key. */
  'api-key.created': z.object({
    prefix: z.string(),
    scopes: z.array(z.string()),
    expiresAt: z.string().nullable(),
    restricted: z.boolean(),
  }),
  /** Names of fields, and the scopes where they are among them. */
  'api-key.changed': z.object({ fields: z.array(z.string()), scopes: z.array(z.string()).optional() }),
  /** It has another secret; the one before is accepted until then. */
  'api-key.rotated': z.object({ previousExpiresAt: z.string().nullable() }),
  'api-key.revoked': noPayload,
  /** An order was read from its first delivery. Aggregate: the order. */
  'order.created': z.object({
    deliveryId: z.string(),
    branch: z.string(),
    contactEffectId: z.string().nullable(),
    warnings: z.array(z.string()),
  }),
  /** A later delivery changed an order, or an operator did (then without a delivery). Names of fields only. */
  'order.changed': z.object({
    deliveryId: z.string().nullable(),
    fields: z.array(z.string()),
    contactEffectId: z.string().nullable(),
    reason: z.string().optional(),
  }),
  /** All that an order owes is done, or withheld for a stated reason. Told again when it owed something anew meanwhile. */
  'order.processed': noPayload,
  /** A step of an order has been open for more than five minutes; once until nothing of it is open for so long. */
  'order.overdue': z.object({ step: z.enum(['contact', 'confirmation', 'issues', 'visa']) }),
  /** Nobody has interpreted a delivery for five minutes. Aggregate: the delivery. */
  'delivery.overdue': noPayload,
  /** The CRM refused the contact, or it was tried for long enough; the messages that wait for it end with it. */
  'contact.failed': z.object({ contactEffectId: z.string(), reason: z.string().nullable() }),
  /** The contact is withheld or nobody's any more; the messages that wait for it end with it. */
  'contact.skipped': z.object({ contactEffectId: z.string(), reason: z.string().nullable() }),
  /** CBB holds the newest values of the order's customer. */
  'contact.synced': z.object({ contactEffectId: z.string(), messageEffectIds: z.array(z.string()) }),
  /** Messages besides an order's confirmation are owed: `pauseMs` lies between the sends of one plan. */
  'message.planned': z.object({
    purpose: z.enum(['confirmation', 'issues', 'visa']),
    messageEffectIds: z.array(z.string()),
    pauseMs: z.number(),
    /** The contact that they wait for, where it had been given up and is owed anew. */
    contactEffectId: z.string().optional(),
  }),
  /** A message went out: the vendor said so, or a receipt did. */
  'message.accepted': z.object({ messageEffectId: z.string() }),
  /** A message will not reach its customer: a receipt says so, or it was refused, or its contact was. */
  'message.failed': z.object({ messageEffectId: z.string(), reason: z.string().nullish() }),
  /** A message is withheld after all. */
  'message.skipped': z.object({ messageEffectId: z.string(), reason: z.string().nullable() }),
  /** A message may have gone out or not. */
  'message.uncertain': z.object({ messageEffectId: z.string(), reason: z.string().nullable() }),
  /** A message that may have gone out, or seemed to, certainly did not: it is owed again. */
  'message.denied': z.object({ messageEffectId: z.string(), reason: z.string().nullish() }),
  /** An order was taken over from the system used before, with what that had told already. */
  'order.imported': z.object({ contactEffectId: z.string().nullable(), warnings: z.array(z.string()) }),
  /** Defects of an application were reported and belong to this order. */
  'issues.reported': z.object({ issueId: z.string(), applicantId: z.string() }),
  /** The order was found completed in Airtable. */
  'visa.completed': z.object({ recordId: z.string(), applications: z.number() }),
  /** An operator had the contact written again. */
  'operator.synced': z.object({ reason: z.string(), contactEffectId: z.string() }),
  /** An operator had a message sent again, or for the first time. */
  'operator.resent': z.object({
    reason: z.string(),
    template: z.string(),
    messageEffectIds: z.array(z.string()),
    resendOf: z.array(z.string()),
  }),
  /** An operator had a delivery interpreted again. Aggregate: its order, or the delivery when it names none. */
  'operator.replayed': z.object({
    reason: z.string(),
    deliveryId: z.string(),
    /** Missing where an order was retriggered. */
    mode: z.enum(['state', 'missing', 'force']).optional(),
    /** What was forced. */
    effect: z.enum(['contact', 'confirmation']).optional(),
  }),
  /** An operator has found out whether a message of unknown outcome went out. */
  'operator.settled': z.object({
    reason: z.string(),
    outcome: z.enum(['sent', 'not-sent']),
    messageEffectId: z.string(),
    /** Of the attempt whose outcome nobody knew: when it began, and what it left behind. */
    claimedAt: z.string().nullish(),
    evidence: z.record(z.string(), z.unknown()).optional(),
  }),
  /** An operator has looked at changed fields of an order. */
  'operator.reviewed': z.object({ reason: z.string(), fields: z.array(z.string()) }),
  /** An operator wants a colleague to look at an order. */
  'operator.flagged': z.object({ reason: z.string() }),
  /** An operator declared what Airtable shows as completed to be told already. Aggregate: the poll. */
  'operator.bootstrapped': z.object({ reason: z.string(), records: z.number() }),
  /** An operator had the history told to a handler again. Aggregate: the replay. */
  'operator.replay-started': z.object({
    reason: z.string(),
    handler: z.string(),
    rebuild: z.boolean(),
    events: z.number(),
  }),
  'operator.replay-cancelled': z.object({ reason: z.string(), handler: z.string() }),
  'operator.replay-resumed': z.object({ reason: z.string(), handler: z.string() }),
  /** An operator had what was given up tried again, or declared that nobody needs it. Aggregate: the dead letter. */
  'operator.dead-letter-replayed': z.object({ reason: z.string(), name: z.string(), reference: z.string() }),
  'operator.dead-letter-discarded': z.object({ reason: z.string(), name: z.string(), reference: z.string() }),
  /** Somebody signed in for the first time. Aggregate: the user. */
  'user.registered': z.object({ role: z.string() }),
  /** Auth says something else of a user than before. Names of fields only. */
  'user.changed': z.object({ fields: z.array(z.string()) }),
  /** An administrator gave a user another role. */
  'user.role-changed': z.object({ from: z.string(), to: z.string(), reason: z.string() }),
  /** An administrator shut a user out, or let them in again. */
  'user.disabled': z.object({ reason: z.string() }),
  'user.enabled': z.object({ reason: z.string() }),
  /** Somebody signed in, or showed a session that began elsewhere. Aggregate: the session. */
  'session.started': z.object({ method: z.string() }),
  'session.ended': z.object({ reason: z.string() }),
  /** Supabase let somebody in who may not be here. */
  'session.refused': z.object({ reason: z.enum(['user-disabled', 'address-not-allowed']) }),
  /** An operator had the order's person forgotten. The erasure's id leads to what went. */
  'person.erased': z.object({ erasureId: z.string() }),
  /** A role was made, deleted, or given other words or permissions. Aggregate: the role, by its name. */
  'role.changed': z.object({
    change: z.enum(['created', 'changed', 'deleted']),
    fields: z.array(z.string()),
    granted: z.array(z.string()),
    withdrawn: z.array(z.string()),
  }),
} as const;

export type EventType = keyof typeof eventContracts;
export type EventPayload<T extends EventType> = z.infer<(typeof eventContracts)[T]>;
