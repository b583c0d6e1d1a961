import type { EffectRow } from '@visapi/backend-repositories/effects';
import type { EventRow } from '@visapi/backend-repositories/events';
import type { DeliveryRow } from '@visapi/backend-repositories/inbox';
import type { MessageTimes } from '@visapi/backend-repositories/orders';
import { doubtEntries, settledEntries } from './message-doubts.js';
import { entry, type TimelineEntry } from './timeline-entry.js';

interface Sources {
  readonly deliveries: readonly DeliveryRow[];
  readonly events: readonly EventRow[];
  readonly effects: readonly EffectRow[];
  readonly messages: readonly MessageTimes[];
}

/** Orders things that carry the same time, as a batch or a vendor's whole seconds make them. */
const sequence = [
  'delivery',
  'order',
  'contact',
  'planned',
  'claimed',
  'accepted',
  'sent',
  'delivered',
  'read',
];

/** The story of an order, put together from the rows that record it; nothing is stored twice for it. */
export function buildTimeline({ deliveries, events, effects, messages }: Sources): TimelineEntry[] {
  const entries = [
    ...deliveries.flatMap(deliveryEntries),
    ...events.flatMap((event) => eventEntries(event, effects)),
    ...effects.flatMap((effect) =>
      effect.kind === 'contact' ? contactEntries(effect) : messageEntries(effect),
    ),
    ...messages.flatMap((message) => receiptEntries(message, effects)),
  ];
  return entries.sort((left, right) => left.at.getTime() - right.at.getTime() || rank(left) - rank(right));
}

function rank({ kind }: TimelineEntry): number {
  const [family, step] = kind.split('.');
  const at = sequence.findIndex((name) => name === family || name === step);
  return at < 0 ? sequence.length : at;
}

function deliveryEntries(delivery: DeliveryRow): TimelineEntry[] {
  const { correlationId, receivedAt, outcome, repeats, lastRepeatAt, source } = delivery;
  const received = {
    at: receivedAt,
    kind: 'delivery.received',
    status: outcome,
    // Nothing else makes the delivery of an order be passed over.
    detail: outcome === 'skipped' ? 'test-order' : null,
    correlationId,
  };
  const entries: TimelineEntry[] = [
    {
      ...received,
      actor: delivery.actor ?? `source:${source}`,
      evidence: { deliveryId: delivery.id, sha256: delivery.bodyHash.toString('hex') },
    },
  ];
  if (repeats > 0 && lastRepeatAt) {
    const times = repeats === 1 ? 'once more' : `${repeats} times more`;
    entries.push({
      at: lastRepeatAt,
      kind: 'delivery.repeated',
      status: 'duplicate',
      detail: times,
      correlationId,
    });
  }
  return entries;
}

/** Facts of these families; what became of the order's effects is told from the effects. */
const told = ['order', 'delivery', 'operator', 'issues', 'visa'];

/** Besides: an effect forgets the attempts before its last one, and what was found out about them. */
const toldOfMessages = ['message.uncertain', 'message.denied'];

function eventEntries(event: EventRow, effects: readonly EffectRow[]): TimelineEntry[] {
  const [family = '', status = ''] = event.type.split('.');
  if (toldOfMessages.includes(event.type)) return doubtEntries(event, effects);
  if (event.type === 'operator.settled') return settledEntries(event, effects);
  if (!told.includes(family)) return [];
  const payload = event.payload as {
    fields?: string[];
    warnings?: string[];
    step?: string;
    reason?: string;
    mode?: string;
    effect?: string;
  };
  const names = payload.fields ?? payload.warnings ?? [payload.step].filter((step) => step !== undefined);
  const detail = [names.join(', '), payload.reason].filter(Boolean).join(': ') || null;
  const { occurredAt: at, type: kind, correlationId, actor } = event;
  const { mode, effect } = payload;
  const evidence = mode === undefined ? {} : { evidence: { mode, ...(effect !== undefined && { effect }) } };
  return [{ at, kind, status, detail, correlationId, actor, ...evidence }];
}

function contactEntries(effect: EffectRow): TimelineEntry[] {
  const { correlationId, evidence, reason } = effect;
  const base = { correlationId, evidence };
  return [
    ...entry(effect.acceptedAt, { ...base, kind: 'contact.synced', status: 'accepted', detail: null }),
    ...entry(effect.skippedAt, { ...base, kind: 'contact.skipped', status: 'skipped', detail: reason }),
    ...entry(effect.failedAt, { ...base, kind: 'contact.failed', status: 'failed', detail: reason }),
  ];
}

function messageEntries(effect: EffectRow): TimelineEntry[] {
  const { id: messageId, correlationId, evidence, reason, purpose } = effect;
  const what = effect.resendOf ? `${purpose}, sent again` : purpose === 'confirmation' ? null : purpose;
  // Several messages of an order may be under way at once.
  const step = (at: Date | null, name: string, detail: string | null, proof?: unknown) =>
    entry(at, {
      kind: `message.${name}`,
      status: name,
      detail,
      correlationId,
      evidence: { messageId, purpose, ...(proof as object | undefined) },
    });
  return [
    ...(effect.skippedAt ? [] : step(effect.plannedAt, 'planned', what)),
    ...step(effect.claimedAt, 'claimed', effect.attempt > 1 ? `attempt ${effect.attempt}` : null),
    ...step(effect.acceptedAt, 'accepted', null, evidence),
    ...step(effect.skippedAt, 'skipped', reason),
    ...step(effect.failedAt, 'failed', reason, evidence),
  ];
}

/**
 * Meta tells whole seconds, so a receipt can seem older than the send it belongs to; it is placed no earlier than that,
 * and its own time stands in the evidence.
 */
function receiptEntries(message: MessageTimes, effects: readonly EffectRow[]): TimelineEntry[] {
  const effect = effects.find((candidate) => candidate.id === message.id);
  const correlationId = effect?.correlationId ?? '';
  const earliest = effect?.acceptedAt ?? effect?.claimedAt ?? null;
  const detail = message.binding === 'inferred' ? 'bound by phone' : null;
  const step = (occurredAt: Date | null, name: string) => {
    const at = occurredAt && earliest && occurredAt < earliest ? earliest : occurredAt;
    const { id: messageId, providerMessageId } = message;
    const evidence = { messageId, purpose: effect?.purpose, providerMessageId, occurredAt };
    return entry(at, {
      kind: `message.${name}`,
      status: name,
      detail,
      correlationId,
      actor: 'receipt',
      evidence,
    });
  };
  return [
    ...step(message.sentAt, 'sent'),
    ...step(message.deliveredAt, 'delivered'),
    ...step(message.readAt, 'read'),
  ];
}
