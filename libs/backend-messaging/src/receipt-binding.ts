import type { BindingCandidate, ReceiptRow } from '@visapi/backend-repositories/messaging';

/** Receipts carry whole seconds, and clocks of vendor and database differ: a receipt may seem this much too early. */
const skewMs = 5 * 60_000;
const windowMs = 24 * 3_600_000;

export interface Binding {
  readonly messageId: string;
  readonly providerMessageId: string;
}

/**
 * Finds the message of each provider message id that nobody knows yet, by phone and time, since the CRM passes no id of
 * ours on. Messages that the vendor took come first, oldest first; others only when none of those is left. A lone one
 * that is under way may be meant (its receipt can outrun its answer; an answer that denies it undoes the binding), of
 * several the answer will tell. Of uncertain ones one is chosen only when there are as many unknown ids as messages:
 * otherwise one that never went out could become read.
 *
 * @param receipts unmatched receipts of one phone, in order of their times
 * @param candidates unbound messages of that phone, in order of their dispatch
 */
export function bindByPhone(
  receipts: readonly ReceiptRow[],
  candidates: readonly BindingCandidate[],
): Binding[] {
  const free = [...candidates];
  const bindings: Binding[] = [];
  const firstOf = new Map<string, ReceiptRow>();
  for (const receipt of receipts)
    if (!firstOf.has(receipt.providerMessageId)) firstOf.set(receipt.providerMessageId, receipt);
  let unknownIds = firstOf.size;
  for (const [providerMessageId, receipt] of firstOf) {
    const possible = free.filter((candidate) => isWithinWindow(candidate, receipt));
    const chosen = choose(possible, unknownIds);
    unknownIds -= 1;
    if (!chosen) continue;
    bindings.push({ messageId: chosen.id, providerMessageId });
    free.splice(free.indexOf(chosen), 1);
  }
  return bindings;
}

function choose(possible: readonly BindingCandidate[], unknownIds: number): BindingCandidate | undefined {
  const taken = possible.find((candidate) => candidate.state === 'accepted');
  if (taken || possible.length === 1) return taken ?? possible[0];
  if (possible.some((candidate) => candidate.state === 'claimed')) return undefined;
  return unknownIds >= possible.length ? possible[0] : undefined;
}

function isWithinWindow(candidate: BindingCandidate, receipt: ReceiptRow): boolean {
  const after = receipt.occurredAt.getTime() - candidate.claimedAt.getTime();
  return after >= -skewMs && after <= windowMs;
}

/** The id of a message of ours in the callback data of a receipt, when the sender let it through. */
export function ownMessageId(callbackData: string | null): string | undefined {
  return /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(callbackData ?? '')?.[0];
}
