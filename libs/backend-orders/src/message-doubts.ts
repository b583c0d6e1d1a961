import type { EventPayload } from '@visapi/backend-events';
import type { EffectRow } from '@visapi/backend-repositories/effects';
import type { EventRow } from '@visapi/backend-repositories/events';
import { entry, type TimelineEntry } from './timeline-entry.js';

/** That nobody knew what became of an attempt, or that it certainly failed: a later attempt leaves no trace of it. */
export function doubtEntries(event: EventRow, effects: readonly EffectRow[]): TimelineEntry[] {
  const { occurredAt: at, type: kind, correlationId, actor } = event;
  const { messageEffectId, reason = null } = event.payload as {
    messageEffectId: string;
    reason?: string | null;
  };
  const effect = effects.find(({ id }) => id === messageEffectId);
  const isOfLastAttempt = effect?.claimedAt != null && at >= effect.claimedAt;
  const proof = isOfLastAttempt ? (effect.evidence as object) : {};
  const evidence = { messageId: messageEffectId, purpose: effect?.purpose, ...proof };
  return [{ at, kind, status: kind.replace('message.', ''), detail: reason, correlationId, actor, evidence }];
}

/** Who settled it, and how; and when the attempt began that it was about, once another one has. */
export function settledEntries(event: EventRow, effects: readonly EffectRow[]): TimelineEntry[] {
  const { occurredAt: at, type: kind, correlationId, actor } = event;
  const {
    reason,
    outcome,
    messageEffectId,
    claimedAt,
    evidence: attempt,
  } = event.payload as EventPayload<'operator.settled'>;
  const effect = effects.find(({ id }) => id === messageEffectId);
  const about = { messageId: messageEffectId, purpose: effect?.purpose };
  const began = claimedAt == null ? null : new Date(claimedAt);
  const isPast = began && effect?.claimedAt && began < effect.claimedAt;
  const claim = { kind: 'message.claimed', status: 'claimed', detail: null, evidence: about };
  const evidence = { ...about, outcome, claimedAt, attempt };
  return [
    ...entry(isPast ? began : null, { ...claim, correlationId: effect?.correlationId ?? correlationId }),
    { at, kind, status: 'settled', detail: `${outcome}: ${reason}`, correlationId, actor, evidence },
  ];
}
