import { leaseMs } from './effects.js';
import {
  changeEffects,
  changeOrder,
  type ClaimRecord,
  type ContactRecord,
  effectOf,
  type EffectRecord,
  type Journal,
  type OrderRecord,
  type Step,
  tell,
} from './rows.js';

export interface ClaimedContact extends ClaimRecord {
  readonly orderId: string;
  readonly lane: string;
  readonly newest: OrderRecord | undefined;
  readonly cbbContactId: string | null;
  readonly version: string;
  readonly confirmedFields: readonly string[];
  readonly olderFields: readonly string[];
}

/** The order of branch il that came in last of those that have this phone now. */
export function newestOrderOf(journal: Journal, phone: string): OrderRecord | undefined {
  const [newest] = journal.orders
    .filter((order) => order.branch === 'il' && order.clientPhone === phone)
    .sort((left, right) => right.deliveryPosition - left.deliveryPosition);
  return newest;
}

export function claimContact(
  journal: Journal,
  now: number,
  effectId: string,
): Step<ClaimedContact | 'busy' | undefined> {
  const effect = effectOf(journal, effectId);
  if (effect?.kind !== 'contact' || effect.state !== 'planned') return [journal, undefined];
  const isBusy = journal.effects.some(
    ({ kind, state, lane }) => kind === 'contact' && state === 'claimed' && lane === effect.lane,
  );
  if (isBusy) return [journal, 'busy'];
  const attempt = effect.attempt + 1;
  const claimed = changeEffects(
    journal,
    ({ id }) => id === effectId,
    ({ firstClaimedAt }) => ({
      state: 'claimed',
      attempt,
      claimedAt: now,
      firstClaimedAt: firstClaimedAt ?? now,
      leaseUntil: now + leaseMs,
    }),
  );
  return [claimed, { ...whatIsHeld(journal, effect), attempt }];
}

function whatIsHeld(journal: Journal, effect: EffectRecord): Omit<ClaimedContact, 'attempt'> {
  const { id: effectId, orderId, lane } = effect;
  const newest = newestOrderOf(journal, lane);
  const contact = journal.contacts.find(({ phone }) => phone === lane);
  const { cbbContactId = null, confirmedFields: held = [] } = contact ?? {};
  const version = versionOf(effect, newest);
  const isSame = newest !== undefined && contact?.version === version;
  const fields = isSame
    ? { confirmedFields: held, olderFields: [] }
    : { confirmedFields: [], olderFields: held };
  return { effectId, orderId, lane, newest, cbbContactId, version, ...fields };
}

/** In the words of `contacts.version`; an operator's resync is a version of its own. */
function versionOf({ id, semanticKey }: EffectRecord, newest: OrderRecord | undefined): string {
  const resync = /:resync:[0-9a-f-]{36}$/.test(semanticKey) ? `+${id}` : '';
  return `${newest?.orderId ?? null}@${newest?.contentVersion ?? null}${resync}`;
}

export function recordProgress(
  journal: Journal,
  claim: ClaimRecord,
  progress: ContactRecord & { readonly version: string },
): Step<undefined> {
  if (!isClaimed(journal, claim)) return [journal, undefined];
  const known = journal.contacts.find(({ phone }) => phone === progress.phone);
  const cbbContactId = progress.cbbContactId ?? known?.cbbContactId ?? null;
  return [keepContact(journal, { ...progress, cbbContactId }), undefined];
}

export function markSynced(
  journal: Journal,
  now: number,
  claim: ClaimRecord,
  synced: ContactRecord & { readonly version: string; readonly cbbContactId: string },
): Step<boolean> {
  const effect = effectOf(journal, claim.effectId);
  if (!effect || !isClaimed(journal, claim)) return [journal, false];
  const { id, orderId } = effect;
  const done = changeEffects(
    journal,
    (candidate) => candidate.id === id,
    () => ({ state: 'accepted', acceptedAt: now, leaseUntil: null, reason: null }),
  );
  const ofOrder = journal.effects.filter((candidate) => candidate.orderId === orderId);
  const isOwedAgain = ofOrder.some(
    (later) =>
      later.kind === 'contact' && ['planned', 'claimed'].includes(later.state) && later.id !== claim.effectId,
  );
  const waiting = ofOrder
    .filter(({ kind, state }) => kind === 'message' && state === 'planned')
    .map((message) => message.id)
    .sort();
  const flagged = changeOrder(keepContact(done, synced), orderId, { cbbSynced: !isOwedAgain });
  return [tell(flagged, orderId, 'contact.synced', [id, ...waiting]), true];
}

function isClaimed(journal: Journal, { effectId, attempt }: ClaimRecord): boolean {
  const effect = effectOf(journal, effectId);
  return effect?.attempt === attempt && effect.state === 'claimed';
}

function keepContact(
  journal: Journal,
  { phone, cbbContactId, version, confirmedFields }: ContactRecord,
): Journal {
  const others = journal.contacts.filter((contact) => contact.phone !== phone);
  return { ...journal, contacts: [...others, { phone, cbbContactId, version, confirmedFields }] };
}
