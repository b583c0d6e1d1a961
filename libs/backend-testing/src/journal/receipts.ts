import { isToldBesides } from './messages.js';
import {
  changeEffects,
  changeMessage,
  changeOrder,
  effectOf,
  type EffectRecord,
  type Journal,
  messageOf,
  type MessageRecord,
  type ReceiptRecord,
  type Step,
} from './rows.js';

const keptMs = 25 * 3_600_000;
const bindable = ['claimed', 'accepted', 'uncertain'];

export type NewReceiptRecord = Omit<ReceiptRecord, 'position' | 'messageId' | 'disowned' | 'receivedAt'>;

/** A receipt that is known already, by id, status and time, is left alone. */
export function appendReceipts(
  journal: Journal,
  now: number,
  added: readonly NewReceiptRecord[],
): Step<undefined> {
  const receipts = [...journal.receipts];
  for (const receipt of added) {
    const isKnown = receipts.some(
      (known) =>
        known.providerMessageId === receipt.providerMessageId &&
        known.status === receipt.status &&
        known.occurredAt === receipt.occurredAt,
    );
    if (!isKnown)
      receipts.push({
        ...receipt,
        position: newPosition(receipts),
        messageId: null,
        disowned: false,
        receivedAt: now,
      });
  }
  return [{ ...journal, receipts }, undefined];
}

/** One that no row has; rows may be missing in between, since transactions that ended in nothing drew theirs, too. */
function newPosition(receipts: readonly ReceiptRecord[]): number {
  let position = receipts.length + 1;
  while (receipts.some((receipt) => receipt.position === position)) position += 1;
  return position;
}

export function unmatched(journal: Journal, now: number, phones: readonly string[]): ReceiptRecord[] {
  const disowned = new Set(
    journal.receipts.filter((receipt) => receipt.disowned).map((receipt) => receipt.providerMessageId),
  );
  return journal.receipts
    .filter(
      (receipt) =>
        phones.includes(receipt.recipient) &&
        receipt.messageId === null &&
        receipt.receivedAt > now - keptMs &&
        !disowned.has(receipt.providerMessageId),
    )
    .sort((left, right) => left.occurredAt - right.occurredAt || left.position - right.position);
}

export function unmatchedPhones(journal: Journal, now: number, effectId: string | null): string[] {
  const isCandidate = ({ messageId, disowned, receivedAt, recipient }: ReceiptRecord) =>
    messageId === null &&
    !disowned &&
    receivedAt > now - keptMs &&
    candidates(journal, recipient).some(({ id }) => effectId === null || id === effectId);
  return [...new Set(journal.receipts.filter(isCandidate).map(({ recipient }) => recipient))];
}

export function boundMessages(journal: Journal, ids: readonly string[]): Map<string, string> {
  return new Map(
    journal.messages.flatMap(({ providerMessageId, effectId }) =>
      providerMessageId !== null && ids.includes(providerMessageId) ? [[providerMessageId, effectId]] : [],
    ),
  );
}

export function candidates(
  journal: Journal,
  phoneDigits: string,
): { id: string; state: string; claimedAt: number }[] {
  return journal.messages
    .flatMap(({ effectId, phone, providerMessageId }) => {
      const effect = effectOf(journal, effectId);
      const isFree = phone === `+${phoneDigits}` && providerMessageId === null;
      if (!effect || !isFree || !bindable.includes(effect.state)) return [];
      return [{ id: effectId, state: effect.state, claimedAt: effect.claimedAt ?? Infinity }];
    })
    .sort((left, right) => left.claimedAt - right.claimedAt || (left.id < right.id ? -1 : 1));
}

export function bind(
  journal: Journal,
  messageId: string,
  providerMessageId: string,
  binding: 'callback' | 'inferred',
): Step<boolean> {
  const isTaken = journal.messages.some((message) => message.providerMessageId === providerMessageId);
  const message = messageOf(journal, messageId);
  const state = effectOf(journal, messageId)?.state ?? 'none';
  if (isTaken || message?.providerMessageId !== null || !bindable.includes(state)) return [journal, false];
  return [changeMessage(journal, messageId, { providerMessageId, binding }), true];
}

export interface Moved {
  readonly messageId: string;
  readonly orderId: string;
  readonly settled: boolean;
  readonly failedCode: string | null;
}

/** Moves messages forward by receipts that are still bound to them. */
export function applyReceipts(
  journal: Journal,
  now: number,
  bound: readonly { messageId: string; receiptPosition: number }[],
): Step<Moved[]> {
  const given = bound.flatMap(({ messageId, receiptPosition }) => {
    const receipt = journal.receipts.find(({ position }) => position === receiptPosition);
    const isBound = receipt && messageOf(journal, messageId)?.providerMessageId === receipt.providerMessageId;
    return isBound && effectOf(journal, messageId) ? [{ messageId, receipt }] : [];
  });
  const owners = new Map(given.map(({ messageId, receipt }) => [receipt.position, messageId]));
  const receipts = journal.receipts.map((receipt) => {
    const messageId = owners.get(receipt.position);
    return messageId === undefined ? receipt : { ...receipt, messageId };
  });
  let moved: Journal = { ...journal, receipts };
  const results: Moved[] = [];
  for (const messageId of new Set(owners.values())) {
    const own = given.filter((item) => item.messageId === messageId).map(({ receipt }) => receipt);
    const [next, result] = moveMessage(moved, now, messageId, own);
    moved = next;
    results.push(result);
  }
  return [tellOrders(journal, moved, results), results];
}

const first = (receipts: readonly ReceiptRecord[], status: string, known: number | null): number | null => {
  const times = receipts.filter((receipt) => receipt.status === status).map(({ occurredAt }) => occurredAt);
  const all = known === null ? times : [...times, known];
  return all.length === 0 ? null : Math.min(...all);
};

function moveMessage(
  journal: Journal,
  now: number,
  messageId: string,
  receipts: readonly ReceiptRecord[],
): Step<Moved> {
  const effect = effectOf(journal, messageId);
  const message = messageOf(journal, messageId);
  if (!effect || !message) throw new Error(`There is no message ${messageId}`);
  const times = {
    sentAt: first(receipts, 'sent', message.sentAt),
    deliveredAt: first(receipts, 'delivered', message.deliveredAt),
    readAt: first(receipts, 'read', message.readAt),
    failedAt: first(receipts, 'failed', message.failedAt),
  };
  const [errorCode = null] = receipts
    .flatMap(({ status, errorCode: code }) => (status === 'failed' && code !== null ? [code] : []))
    .sort();
  const settled = { ...settle(effect, times, errorCode), ...settledTimes(effect, now), leaseUntil: null };
  const moved = changeEffects(
    changeMessage(journal, messageId, times),
    ({ id }) => id === messageId,
    () => settled,
  );
  return [
    moved,
    {
      messageId,
      orderId: effect.orderId,
      settled: ['claimed', 'uncertain'].includes(effect.state),
      failedCode: settled.state === 'failed' ? (errorCode ?? '') : null,
    },
  ];
}

function settle(
  before: EffectRecord,
  times: Pick<MessageRecord, 'deliveredAt' | 'readAt' | 'failedAt'>,
  errorCode: string | null,
): Pick<EffectRecord, 'state' | 'reason' | 'failedAt'> {
  const hasArrived = (times.deliveredAt ?? times.readAt) !== null;
  if (hasArrived) return { state: 'accepted', reason: null, failedAt: null };
  if (times.failedAt !== null) {
    const reason = errorCode === null ? (before.reason ?? 'meta-failed') : `meta-${errorCode}`;
    return { state: 'failed', reason, failedAt: times.failedAt };
  }
  if (before.state === 'failed') return { state: 'failed', reason: before.reason, failedAt: before.failedAt };
  return { state: 'accepted', reason: null, failedAt: before.failedAt };
}

function settledTimes({ state, acceptedAt, uncertainAt }: EffectRecord, now: number) {
  return state === 'uncertain' ? { acceptedAt: now, uncertainAt } : { acceptedAt, uncertainAt: null };
}

/** Orders of confirmations whose state a receipt has changed learn whether their customer is told. */
function tellOrders(before: Journal, after: Journal, moved: readonly Moved[]): Journal {
  const changed = moved
    .map(({ messageId }) => effectOf(after, messageId))
    .filter((effect) => effect !== undefined)
    .filter((effect) => effect.state !== effectOf(before, effect.id)?.state);
  const ids = changed.map(({ id }) => id);
  const confirmations = changed.filter(({ purpose }) => purpose === 'confirmation');
  let told = after;
  for (const orderId of new Set(confirmations.map((effect) => effect.orderId))) {
    const isTold = confirmations.some((effect) => effect.orderId === orderId && effect.state === 'accepted');
    const whatsappConfirmationSent = isTold || isToldBesides(before, orderId, ids);
    told = changeOrder(told, orderId, { whatsappConfirmationSent });
  }
  return told;
}
