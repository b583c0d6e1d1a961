import { leaseSeconds } from '@visapi/backend-repositories/effects';
import {
  changeEffects,
  type ClaimRecord,
  type EffectRecord,
  isContactReady,
  type Journal,
  newestContact,
  type Step,
  tell,
} from './rows.js';

/** Milliseconds a claim holds. */
export const leaseMs = leaseSeconds * 1000;

const isHeld = (claim: ClaimRecord, states: readonly string[]) => (effect: EffectRecord) =>
  effect.id === claim.effectId && effect.attempt === claim.attempt && states.includes(effect.state);

export function renew(journal: Journal, now: number, claims: readonly ClaimRecord[]): Step<ClaimRecord[]> {
  const kept = claims.filter((claim) => journal.effects.some(isHeld(claim, ['claimed'])));
  const fits = (effect: EffectRecord) => kept.some((claim) => claim.effectId === effect.id);
  return [changeEffects(journal, fits, () => ({ leaseUntil: now + leaseMs })), kept];
}

/** An effect that is due is put off, unclaimed, because its vendor serves nobody. */
export function postpone(
  journal: Journal,
  now: number,
  effectId: string,
  delayMs: number,
  reason: string,
): Step<boolean> {
  const fits = ({ id, state, dueAt }: EffectRecord) => id === effectId && state === 'planned' && dueAt <= now;
  const off = { dueAt: now + delayMs, queuedAt: now, reason };
  return [changeEffects(journal, fits, () => off), journal.effects.some(fits)];
}

/** A contact is given back: it is planned again, later. */
export function release(
  journal: Journal,
  now: number,
  claim: ClaimRecord,
  { delayMs, reason, counts }: { delayMs: number; reason: string; counts: boolean },
): Step<boolean> {
  const fits = isHeld(claim, ['claimed', 'uncertain']);
  if (!journal.effects.some(fits)) return [journal, false];
  const given = { state: 'planned', reason, leaseUntil: null, uncertainAt: null } as const;
  const change = ({ tries }: EffectRecord) => ({
    ...given,
    tries: tries + Number(counts),
    dueAt: now + delayMs,
    queuedAt: now,
  });
  return [changeEffects(journal, fits, change), true];
}

type Held = (effect: EffectRecord) => boolean;

interface StepEnd {
  readonly state: 'failed' | 'skipped';
  readonly reason: string;
}

const endTimes = (state: string, now: number) => ({
  failedAt: state === 'failed' ? now : null,
  skippedAt: state === 'skipped' ? now : null,
});

/** Ends an effect for good, and with the newest contact of an order the messages that wait for it. */
function endStep(
  journal: Journal,
  now: number,
  held: Held,
  { state, reason }: StepEnd,
): Step<string | undefined> {
  const ended = journal.effects.find(held);
  if (!ended) return [journal, undefined];
  const ofOrder = journal.effects.filter(({ orderId }) => orderId === ended.orderId);
  const isDecisive =
    ended.kind === 'contact' &&
    !ofOrder.some(({ kind, plannedAt }) => kind === 'contact' && plannedAt > ended.plannedAt);
  const dependents = ofOrder.filter(
    (effect) => isDecisive && effect.kind === 'message' && effect.awaitsContact && effect.state === 'planned',
  );
  const times = { ...endTimes(state, now), leaseUntil: null };
  const own = changeEffects(
    journal,
    ({ id }) => id === ended.id,
    () => ({ state, reason, ...times }),
  );
  const asContact = { state, reason: state === 'failed' ? 'contact-failed' : reason, ...times };
  return [
    changeEffects(
      own,
      ({ id }) => dependents.some((dependent) => dependent.id === id),
      () => asContact,
    ),
    ended.orderId,
  ];
}

export function fail(journal: Journal, now: number, claim: ClaimRecord, reason: string): Step<boolean> {
  const held = isHeld(claim, ['claimed', 'uncertain']);
  const [ended, orderId] = endStep(journal, now, held, { state: 'failed', reason });
  return [ended, orderId !== undefined];
}

export function withhold(
  journal: Journal,
  now: number,
  effectId: string,
  reason: string,
): Step<string | null> {
  const held: Held = ({ id, state }) => id === effectId && state === 'planned';
  const [ended, orderId] = endStep(journal, now, held, { state: 'skipped', reason });
  return [ended, orderId ?? null];
}

/** The job of an effect that nobody has claimed has failed for the last time. */
export function giveUp(journal: Journal, now: number, effectId: string): Step<boolean> {
  const held: Held = ({ id, state }) => id === effectId && state === 'planned';
  const [ended, orderId] = endStep(journal, now, held, { state: 'failed', reason: 'job-failed' });
  return [ended, orderId !== undefined];
}

/** What `giveUp` ended is owed again, with a contact the messages that ended with it; none that was sent again. */
export function reopenEffect(journal: Journal, now: number, effectId: string): Step<boolean> {
  const isRepeated = ({ id }: EffectRecord) => journal.effects.some(({ resendOf }) => resendOf === id);
  const given = journal.effects.find(
    ({ id, state, reason }) => id === effectId && state === 'failed' && reason === 'job-failed',
  );
  if (!given || isRepeated(given)) return [journal, false];
  const { orderId, kind } = given;
  const owed = { state: 'planned', reason: null, failedAt: null, queuedAt: null, dueAt: now } as const;
  const opened = changeEffects(
    journal,
    ({ id }) => id === effectId,
    () => ({ ...owed, tries: 0 }),
  );
  const endedWithIt = (effect: EffectRecord): boolean =>
    effect.orderId === orderId && effect.kind === 'message' && effect.awaitsContact;
  const dependents = (effect: EffectRecord): boolean =>
    kind === 'contact' &&
    endedWithIt(effect) &&
    effect.state === 'failed' &&
    effect.reason === 'contact-failed' &&
    !isRepeated(effect);
  const after = changeEffects(opened, dependents, () => owed);
  return [kind === 'contact' ? after : tell(after, orderId, 'message.planned', [effectId]), true];
}

export function supersede(journal: Journal, now: number, claim: ClaimRecord): Step<undefined> {
  const end = { state: 'skipped', reason: 'superseded' } as const;
  return [endStep(journal, now, isHeld(claim, ['claimed']), end)[0], undefined];
}

export function recoverExpired(journal: Journal, now: number): Step<EffectRecord[]> {
  const fits = ({ state, leaseUntil }: EffectRecord) =>
    state === 'claimed' && leaseUntil !== null && leaseUntil < now;
  const base = { leaseUntil: null, reason: 'lease-expired', dueAt: now, queuedAt: now };
  const recovered = changeEffects(journal, fits, ({ kind }) =>
    kind === 'message'
      ? { ...base, state: 'uncertain', uncertainAt: now }
      : { ...base, state: 'planned', uncertainAt: null },
  );
  return [recovered, recovered.effects.filter((effect, index) => effect !== journal.effects[index])];
}

export function requeueDue(journal: Journal, now: number, olderThanSeconds: number): Step<EffectRecord[]> {
  const fits = (effect: EffectRecord) =>
    effect.state === 'planned' &&
    effect.dueAt < now &&
    (effect.queuedAt ?? effect.plannedAt) < now - olderThanSeconds * 1000 &&
    (effect.kind === 'contact' || isContactReady(journal, effect));
  return [changeEffects(journal, fits, () => ({ queuedAt: now })), journal.effects.filter(fits)];
}

/** A contact of this phone is doubted: its newest order's is owed again, even while somebody writes it. */
export function oweContactAgain(journal: Journal, now: number, phone: string): Step<undefined> {
  const contacts = journal.contacts.map((contact) =>
    contact.phone === phone ? { ...contact, version: null } : contact,
  );
  const doubted = { ...journal, contacts };
  const newest = newestOfPhone(journal, phone);
  const fits = ({ id, state }: EffectRecord) => id === newest?.id && ['accepted', 'claimed'].includes(state);
  const owed = {
    state: 'planned',
    dueAt: now,
    queuedAt: null,
    leaseUntil: null,
    firstClaimedAt: null,
    tries: 0,
  } as const;
  return [changeEffects(doubted, fits, () => owed), undefined];
}

function newestOfPhone(journal: Journal, phone: string): EffectRecord | undefined {
  const positions = new Map(
    journal.orders
      .filter((order) => order.branch === 'il' && order.clientPhone === phone)
      .map((order) => [order.orderId, order.deliveryPosition]),
  );
  const [newest] = journal.effects
    .filter(({ kind, lane, orderId }) => kind === 'contact' && lane === phone && positions.has(orderId))
    .sort(
      (left, right) =>
        Number(positions.get(right.orderId)) - Number(positions.get(left.orderId)) ||
        right.plannedAt - left.plannedAt,
    );
  return newest;
}

export function endStranded(journal: Journal, now: number): Step<{ orderId: string; state: string }[]> {
  const lostOf = ({ state, kind, awaitsContact, orderId }: EffectRecord) => {
    if (state !== 'planned' || kind !== 'message' || !awaitsContact) return undefined;
    const contact = newestContact(journal, orderId);
    return contact && ['failed', 'skipped'].includes(contact.state) && contact.acceptedAt === null
      ? contact
      : undefined;
  };
  const ended = changeEffects(
    journal,
    (effect) => lostOf(effect) !== undefined,
    (effect) => {
      const contact = lostOf(effect);
      const state = contact?.state === 'failed' ? 'failed' : 'skipped';
      const reason = state === 'failed' ? 'contact-failed' : (contact?.reason ?? null);
      return { state, reason, leaseUntil: null, ...endTimes(state, now) };
    },
  );
  const changed = ended.effects.filter((effect, index) => effect !== journal.effects[index]);
  return [ended, changed.map(({ orderId, state }) => ({ orderId, state }))];
}
