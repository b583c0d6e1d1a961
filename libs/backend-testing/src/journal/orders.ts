import { mayBeGivenBack } from './messages.js';
import {
  changeEffects,
  changeMessage,
  type EffectRecord,
  type Journal,
  messageOf,
  type MessageRecord,
  newestContact,
  orderOf,
  type Step,
  tell,
} from './rows.js';

/** What becomes of messages that nobody has claimed, when their order changes. */
export interface Followed {
  readonly state: 'planned' | 'skipped';
  readonly reason: string | null;
  readonly phone: string | null;
  readonly parameters: string | null;
}

const isToCustomer =
  (journal: Journal, orderId: string) =>
  (effect: EffectRecord): boolean =>
    effect.orderId === orderId &&
    effect.kind === 'message' &&
    effect.awaitsContact &&
    !journal.effects.some(({ resendOf }) => resendOf === effect.id);

const isUntried = ({ reason }: EffectRecord): boolean =>
  reason === 'contact-failed' || reason === 'job-failed';

const isInDoubt =
  (journal: Journal) =>
  (effect: EffectRecord): boolean =>
    mayBeGivenBack(effect, messageOf(journal, effect.id)?.binding ?? null);

export function followConfirmation(
  journal: Journal,
  now: number,
  orderId: string,
  { state, reason, phone, parameters }: Followed,
): Step<undefined> {
  const own = journal.effects
    .filter(isToCustomer(journal, orderId))
    .filter(({ purpose }) => purpose === 'confirmation');
  const follows = own.filter(
    (effect) =>
      ['planned', 'skipped'].includes(effect.state) || (effect.state === 'failed' && isUntried(effect)),
  );
  const ids = follows.map(({ id }) => id);
  let followed = changeEffects(
    journal,
    ({ id }) => ids.includes(id),
    () => ({ state, reason, dueAt: now, failedAt: null, skippedAt: state === 'skipped' ? now : null }),
  );
  for (const id of ids) followed = changeMessage(followed, id, { phone, parameters });
  const next = { nextState: state, nextReason: reason, nextPhone: phone, nextParameters: parameters };
  for (const { id } of own.filter(isInDoubt(journal))) followed = changeMessage(followed, id, next);
  return [followed, undefined];
}

const liftedReasons = ['branch', 'invalid-phone', 'canceled', 'no-consent'];
const issuesOwedMs = 24 * 3_600_000;

function noticeFollows(effect: EffectRecord, now: number): boolean {
  const isOutdated =
    effect.purpose === 'issues' && effect.state !== 'planned' && effect.plannedAt <= now - issuesOwedMs;
  if (isOutdated) return false;
  if (effect.state === 'planned') return true;
  if (effect.state === 'failed') return isUntried(effect);
  return effect.state === 'skipped' && liftedReasons.includes(effect.reason ?? '');
}

export function followNotices(
  journal: Journal,
  now: number,
  orderId: string,
  { state, reason, phone }: Omit<Followed, 'parameters'>,
): Step<undefined> {
  const own = journal.effects
    .filter(isToCustomer(journal, orderId))
    .filter(({ purpose }) => purpose !== 'confirmation');
  const wordsOf = (id: string): MessageRecord | undefined => messageOf(journal, id);
  const follows = own.filter((effect) => {
    const isWorded = (wordsOf(effect.id)?.parameters ?? null) !== null;
    return isWorded && noticeFollows(effect, now);
  });
  const ids = follows.map(({ id }) => id);
  let followed = changeEffects(
    journal,
    ({ id }) => ids.includes(id),
    () => ({ state, reason, failedAt: null, skippedAt: state === 'skipped' ? now : null }),
  );
  for (const id of ids)
    followed = changeMessage(followed, id, { phone: phone ?? wordsOf(id)?.phone ?? null });
  for (const { id } of own.filter(isInDoubt(journal))) {
    const message = wordsOf(id);
    const next = { nextPhone: phone ?? message?.phone ?? null, nextParameters: message?.parameters ?? null };
    followed = changeMessage(followed, id, { nextState: state, nextReason: reason, ...next });
  }
  return [followed, undefined];
}

export interface NewMessageRecord {
  readonly effect: EffectRecord;
  readonly message: MessageRecord;
}

/** Plans messages whose semantic keys are new; a contact that they would wait for in vain is owed anew. */
export function planMessages(
  journal: Journal,
  now: number,
  orderId: string,
  messages: readonly NewMessageRecord[],
  plan: { readonly pauseMs: number; readonly contactId: string },
): Step<{ id: string; state: string }[]> {
  const known = new Set(journal.effects.map(({ semanticKey }) => semanticKey));
  const timed = messages.map((item, index) => ({ ...item, dueAt: now + index * plan.pauseMs }));
  const added = timed.filter(({ effect }) => !known.has(effect.semanticKey));
  const rows = added.map(({ effect, dueAt }) => ({
    ...effect,
    dueAt,
    plannedAt: now,
    skippedAt: effect.state === 'skipped' ? now : null,
  }));
  const planned: Journal = {
    ...journal,
    effects: [...journal.effects, ...rows],
    messages: [...journal.messages, ...added.map(({ message }) => message)],
  };
  const owed = rows.filter(({ state }) => state === 'planned');
  const waits = owed.some(({ awaitsContact }) => awaitsContact);
  const again = waits ? oweLostContact(planned, now, orderId, plan.contactId) : planned;
  const contactIds = again === planned ? [] : [plan.contactId];
  const told =
    owed.length > 0
      ? tell(again, orderId, 'message.planned', [...owed.map(({ id }) => id), ...contactIds])
      : again;
  return [told, rows.map(({ id, state }) => ({ id, state }))];
}

function oweLostContact(journal: Journal, now: number, orderId: string, id: string): Journal {
  const order = orderOf(journal, orderId);
  const contact = newestContact(journal, orderId);
  if (order?.branch !== 'il' || order.clientPhone === null || !contact) return journal;
  if (contact.acceptedAt !== null || !['failed', 'skipped'].includes(contact.state)) return journal;
  const semanticKey = `contact:${orderId}:${order.contentVersion}:again:${id}`;
  return planContact(journal, now, { id, semanticKey, orderId, lane: order.clientPhone })[0];
}

/** A contact is owed: for a version of an order's content, or because an operator wants it written again. */
export function planContact(
  journal: Journal,
  now: number,
  contact: Pick<EffectRecord, 'id' | 'semanticKey' | 'orderId' | 'lane'>,
): Step<undefined> {
  const effect: EffectRecord = { ...owed(now), ...contact, kind: 'contact', purpose: 'contact' };
  return [{ ...journal, effects: [...journal.effects, effect] }, undefined];
}

/** An effect that is owed from now on, as the table's defaults say. */
export function owed(now: number) {
  return {
    state: 'planned',
    reason: null,
    attempt: 0,
    tries: 0,
    claimToken: null,
    leaseUntil: null,
    dueAt: now,
    queuedAt: null,
    plannedAt: now,
    firstClaimedAt: null,
    claimedAt: null,
    acceptedAt: null,
    failedAt: null,
    uncertainAt: null,
    skippedAt: null,
    awaitsContact: true,
    resendOf: null,
  } as const;
}

/** A message with its words and nothing else yet. */
export function worded(effectId: string, phone: string | null, parameters: string | null): MessageRecord {
  return {
    effectId,
    phone,
    parameters,
    nextState: null,
    nextReason: null,
    nextPhone: null,
    nextParameters: null,
    providerMessageId: null,
    binding: null,
    sentAt: null,
    deliveredAt: null,
    readAt: null,
    failedAt: null,
  };
}
