import type { Executor } from '@visapi/backend-repositories';
import type { ReceiptRow, ReceiptsRepository } from '@visapi/backend-repositories/messaging';
import { bindByPhone, ownMessageId } from './receipt-binding.js';

export interface MovedMessage {
  readonly messageId: string;
  readonly orderId: string;
  readonly correlationId: string;
  /** True when a receipt settled what we did not know. */
  readonly settled: boolean;
  /** Meta's error code ("" when it gave none) of a message that has failed. */
  readonly failedCode: string | null;
  readonly status: string;
}

/** Binds the unmatched receipts of these phones as far as they can be, and applies all that are bound. */
export async function bindAndApply(
  receipts: ReceiptsRepository,
  transaction: Executor,
  phones: readonly string[],
): Promise<MovedMessage[]> {
  const unmatched = await receipts.unmatched(transaction, phones);
  if (unmatched.length === 0) return [];
  const known = await receipts.boundMessages(
    transaction,
    unmatched.map((receipt) => receipt.providerMessageId),
  );
  for (const [phone, ofPhone] of Map.groupBy(unmatched, (receipt) => receipt.recipient)) {
    await bindPhone(receipts, transaction, phone, ofPhone, known);
  }
  const bound = unmatched.flatMap((receipt) => {
    const messageId = known.get(receipt.providerMessageId);
    return messageId === undefined ? [] : [{ messageId, receiptPosition: receipt.position }];
  });
  if (bound.length === 0) return [];
  const moved = await receipts.apply(transaction, bound);
  return moved.map((message) => ({ ...message, status: newestStatus(unmatched, known, message.messageId) }));
}

async function bindPhone(
  receipts: ReceiptsRepository,
  transaction: Executor,
  phone: string,
  ofPhone: readonly ReceiptRow[],
  known: Map<string, string>,
): Promise<void> {
  const strangers = ofPhone.filter((receipt) => !known.has(receipt.providerMessageId));
  if (strangers.length === 0) return;
  const candidates = await receipts.candidates(transaction, phone);
  const inferable: ReceiptRow[] = [];
  for (const receipt of strangers) {
    const own = candidates.find((candidate) => candidate.id === ownMessageId(receipt.callbackData));
    if (!own) inferable.push(receipt);
    else if (await receipts.bind(transaction, own.id, receipt.providerMessageId, 'callback'))
      known.set(receipt.providerMessageId, own.id);
  }
  const unbound = candidates.filter((candidate) => ![...known.values()].includes(candidate.id));
  const strangersStill = inferable.filter((receipt) => !known.has(receipt.providerMessageId));
  for (const { messageId, providerMessageId } of bindByPhone(strangersStill, unbound)) {
    if (await receipts.bind(transaction, messageId, providerMessageId, 'inferred'))
      known.set(providerMessageId, messageId);
  }
}

const order = ['sent', 'delivered', 'read', 'failed'];

function newestStatus(
  unmatched: readonly ReceiptRow[],
  known: ReadonlyMap<string, string>,
  messageId: string,
): string {
  const statuses = unmatched.filter((receipt) => known.get(receipt.providerMessageId) === messageId);
  return (
    statuses
      .map(({ status }) => status)
      .sort((left, right) => order.indexOf(right) - order.indexOf(left))[0] ?? 'sent'
  );
}
