import { leaseMs } from './effects.js';
import {
  changeEffects,
  changeMessage,
  changeOrder,
  type ClaimRecord,
  effectOf,
  type EffectRecord,
  isContactReady,
  type Journal,
  messageOf,
  type MessageRecord,
  orderOf,
  type Step,
} from './rows.js';

export type Held = (effect: EffectRecord) => boolean;

export const heldBy =
  ({ effectId, attempt }: ClaimRecord): Held =>
  (effect) =>
    effect.id === effectId && effect.attempt === attempt;

export interface ReadClaim extends ClaimRecord {
  readonly orderId: string;
  readonly phone: string | null;
  readonly parameters: string | null;
}

function isYoung(journal: Journal, now: number, effect: EffectRecord, staleAfterSeconds: number): boolean {
  if (effect.purpose === 'issues') return effect.plannedAt > now - 24 * 3_600_000;
  if (effect.purpose !== 'confirmation' || effect.resendOf !== null) return true;
  const order = orderOf(journal, effect.orderId);
  return order !== undefined && order.firstReceivedAt > now - staleAfterSeconds * 1000;
}

/**
 * The statement that claims a message.
 * @param seen the rows as they were when the statement began: of another row than the effect itself it sees no later
 *   change, even when it had to wait for the effect (read committed)
 */
export function claimMessage(
  journal: Journal,
  now: number,
  effectId: string,
  token: string,
  staleAfterSeconds: number,
  seen: Journal = journal,
): Step<boolean> {
  const effect = effectOf(journal, effectId);
  const before = effectOf(seen, effectId);
  if (effect?.kind !== 'message' || effect.state !== 'planned' || before?.state !== 'planned')
    return [journal, false];
  const fits =
    isYoung(seen, now, effect, staleAfterSeconds) &&
    !seen.openDeliveries.includes(effect.orderId) &&
    isContactReady(seen, effect);
  if (!fits) return [journal, false];
  const claimed = changeEffects(
    journal,
    ({ id }) => id === effectId,
    ({ attempt, firstClaimedAt }) => ({
      state: 'claimed',
      attempt: attempt + 1,
      claimedAt: now,
      claimToken: token,
      firstClaimedAt: firstClaimedAt ?? now,
      leaseUntil: now + leaseMs,
    }),
  );
  return [claimed, true];
}

/** The statement that reads what a claim is about; undefined when it is to be undone. */
export function readClaim(journal: Journal, effectId: string, token: string): ReadClaim | undefined {
  const effect = effectOf(journal, effectId);
  const message = messageOf(journal, effectId);
  if (!effect || !message || effect.claimToken !== token || effect.state !== 'claimed') return undefined;
  const { attempt, orderId } = effect;
  const { phone, parameters, nextState } = message;
  const isReady =
    phone !== null &&
    parameters !== null &&
    nextState === null &&
    !journal.openDeliveries.includes(orderId) &&
    isContactReady(journal, effect);
  return isReady ? { effectId, attempt, orderId, phone, parameters } : undefined;
}

export function unclaim(journal: Journal, now: number, effectId: string, token: string): Step<undefined> {
  const held: Held = ({ id, claimToken }) => id === effectId && claimToken === token;
  const outcome = { otherwise: 'planned', reason: 'claim-unheard', delayMs: 0, counts: false } as const;
  return [giveBack(journal, now, held, outcome)[0], undefined];
}

interface GiveBack {
  readonly otherwise: 'planned' | 'failed';
  readonly reason: string;
  readonly delayMs: number;
  /** Whether the attempt counts against the job's policy. */
  readonly counts: boolean;
}

/** The message was certainly not sent: what its order demands by now takes effect, and receipts taken for it are not its. */
export function giveBack(
  journal: Journal,
  now: number,
  held: Held,
  { otherwise, reason, delayMs, counts }: GiveBack,
): Step<string | undefined> {
  const effect = journal.effects.find(held);
  const message = effect && messageOf(journal, effect.id);
  if (!effect || !message || !mayBeGivenBack(effect, message.binding)) return [journal, undefined];
  const { id, orderId } = effect;
  const isRepeated = journal.effects.some(({ resendOf }) => resendOf === id);
  const state = isRepeated ? 'failed' : (message.nextState ?? otherwise);
  const given = changeEffects(
    journal,
    (candidate) => candidate.id === id,
    ({ tries }) => ({
      state,
      tries: tries + Number(counts),
      reason: state === 'skipped' ? message.nextReason : reason,
      leaseUntil: null,
      claimToken: null,
      uncertainAt: null,
      acceptedAt: null,
      skippedAt: state === 'skipped' ? now : null,
      failedAt: state === 'failed' ? now : null,
      dueAt: now + delayMs,
      queuedAt: now,
    }),
  );
  const isFollowed = message.nextState !== null;
  const worded = changeMessage(given, id, {
    ...unbound,
    phone: isFollowed ? message.nextPhone : message.phone,
    parameters: isFollowed ? message.nextParameters : message.parameters,
  });
  return [disown(worded, id, orderId, effect.purpose), state];
}

const unbound = {
  providerMessageId: null,
  binding: null,
  sentAt: null,
  deliveredAt: null,
  readAt: null,
  failedAt: null,
  nextState: null,
  nextReason: null,
  nextPhone: null,
  nextParameters: null,
} as const;

/** Whether a message may turn out not to have been sent: only a receipt that does not name it may have said so. */
export function mayBeGivenBack(
  { state, acceptedAt, uncertainAt }: EffectRecord,
  binding: string | null,
): boolean {
  if (state === 'claimed' || state === 'uncertain') return true;
  const isSettledByReceipt = (state === 'accepted' || state === 'failed') && binding === 'inferred';
  return isSettledByReceipt && (acceptedAt === null || uncertainAt !== null);
}

function disown(journal: Journal, effectId: string, orderId: string, purpose: string): Journal {
  if (!journal.receipts.some(({ messageId }) => messageId === effectId)) return journal;
  const receipts = journal.receipts.map((receipt) =>
    receipt.messageId === effectId ? { ...receipt, messageId: null, disowned: true } : receipt,
  );
  if (purpose !== 'confirmation') return { ...journal, receipts };
  const whatsappConfirmationSent = isToldBesides(journal, orderId, [effectId]);
  return changeOrder({ ...journal, receipts }, orderId, { whatsappConfirmationSent });
}

export function isToldBesides(journal: Journal, orderId: string, effectIds: readonly string[]): boolean {
  return journal.effects.some(
    (other) =>
      other.orderId === orderId &&
      other.purpose === 'confirmation' &&
      other.state === 'accepted' &&
      !effectIds.includes(other.id),
  );
}

export function skipStale(journal: Journal, now: number, staleAfterSeconds: number): Step<string[]> {
  const fits = (effect: EffectRecord) =>
    effect.kind === 'message' &&
    effect.state === 'planned' &&
    !isYoung(journal, now, effect, staleAfterSeconds);
  const change = () => ({ state: 'skipped', skippedAt: now, reason: 'stale' }) as const;
  const skipped = journal.effects.filter(fits).map(({ orderId }) => orderId);
  return [changeEffects(journal, fits, change), skipped];
}

export function markAccepted(
  journal: Journal,
  now: number,
  claim: ClaimRecord,
): Step<{ receiptsWait: boolean } | undefined> {
  const effect = journal.effects.find(heldBy(claim));
  const message = messageOf(journal, claim.effectId);
  if (!effect || !mayBeAccepted(effect, message)) return [journal, undefined];
  const isDenied = effect.state === 'failed';
  const done = changeEffects(journal, heldBy(claim), ({ reason }) => ({
    state: isDenied ? 'failed' : 'accepted',
    acceptedAt: now,
    leaseUntil: null,
    uncertainAt: null,
    reason: isDenied ? reason : null,
  }));
  const answer = message && { receiptsWait: doReceiptsWait(journal, message) };
  const isNews = ['claimed', 'uncertain'].includes(effect.state) && effect.purpose === 'confirmation';
  if (!isNews) return [done, answer];
  return [changeOrder(done, effect.orderId, { whatsappConfirmationSent: true }), answer];
}

/** Also what a receipt has settled already, whatever it said: the answer is filled in. */
function mayBeAccepted({ state, acceptedAt }: EffectRecord, message: MessageRecord | undefined): boolean {
  if (['claimed', 'uncertain', 'accepted'].includes(state)) return true;
  const isBound = (message?.providerMessageId ?? null) !== null;
  return state === 'failed' && acceptedAt === null && isBound;
}

function doReceiptsWait({ receipts }: Journal, { phone }: MessageRecord): boolean {
  const digits = phone?.replace(/^\+/, '');
  return receipts.some(({ messageId, recipient }) => messageId === null && recipient === digits);
}

export function markUncertain(
  journal: Journal,
  now: number,
  claim: ClaimRecord,
  reason: string,
): Step<string | undefined> {
  const effect = journal.effects.find(heldBy(claim));
  if (effect?.state !== 'claimed' && effect?.state !== 'accepted') return [journal, undefined];
  const change =
    effect.state === 'claimed'
      ? ({ state: 'uncertain', reason, uncertainAt: now, acceptedAt: null } as const)
      : ({ uncertainAt: null, acceptedAt: effect.acceptedAt ?? now } as const);
  const marked = changeEffects(journal, heldBy(claim), () => ({ ...change, leaseUntil: null }));
  return [marked, effect.state === 'claimed' ? 'uncertain' : 'accepted'];
}

/** Longer than any call to the vendor may take, with what goes by between its claim and its beginning. */
const longestCallMs = 130_000;

export function lockToSettle(journal: Journal, now: number, id: string) {
  const effect = effectOf(journal, id);
  if (effect?.kind !== 'message') return undefined;
  const { orderId, state, purpose, reason, claimedAt } = effect;
  const mayBeAnswered = reason === 'lease-expired' && claimedAt !== null && claimedAt > now - longestCallMs;
  return { orderId, state, purpose, mayBeAnswered };
}

export function settleAsSent(journal: Journal, now: number, id: string): Step<undefined> {
  const effect = effectOf(journal, id);
  if (effect?.state !== 'uncertain') return [journal, undefined];
  const settled = changeEffects(
    journal,
    (candidate) => candidate.id === id,
    () => ({ state: 'accepted', acceptedAt: now, leaseUntil: null, reason: 'settled-by-operator' }),
  );
  if (effect.purpose !== 'confirmation') return [settled, undefined];
  return [changeOrder(settled, effect.orderId, { whatsappConfirmationSent: true }), undefined];
}

export function settleAsNotSent(journal: Journal, now: number, id: string): Step<string | undefined> {
  const held: Held = (effect) => effect.id === id && effect.state === 'uncertain';
  return giveBack(journal, now, held, {
    otherwise: 'planned',
    reason: 'settled-not-sent',
    delayMs: 0,
    counts: false,
  });
}
