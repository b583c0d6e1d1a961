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
 * ours on. Messages that the vendor took come first, oldest first; one that is still under way or of unknown outcome is
 * chosen only when no taken one is left, and not while it is uncertain which of several it could be: as long as one of
 * them is under way its answer will tell, so the receipt waits.
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
  for (const [providerMessageId, receipt] of firstOf) {
    const chosen = choose(free.filter((candidate) => isWithinWindow(candidate, receipt)));
    if (!chosen) continue;
    bindings.push({ messageId: chosen.id, providerMessageId });
    free.splice(free.indexOf(chosen), 1);
  }
  return bindings;
}

function choose(candidates: readonly BindingCandidate[]): BindingCandidate | undefined {
  const taken = candidates.find((candidate) => candidate.state === 'accepted');
  if (taken) return taken;
  const ambiguous = candidates.length > 1 && candidates.some((candidate) => candidate.state === 'claimed');
  return ambiguous ? undefined : candidates[0];
}

function isWithinWindow(candidate: BindingCandidate, receipt: ReceiptRow): boolean {
  const after = receipt.occurredAt.getTime() - candidate.claimedAt.getTime();
  return after >= -skewMs && after <= windowMs;
}

/** The id of a message of ours in the callback data of a receipt, when the sender let it through. */
export function ownMessageId(callbackData: string | null): string | undefined {
  return /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(callbackData ?? '')?.[0];
}
