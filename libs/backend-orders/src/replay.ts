import { AppError, type AskedBy, type ErrorDetail, parseJson } from '@visapi/backend-kernel';
import { type EffectRow, untried } from '@visapi/backend-repositories/effects';
import type { StoredDelivery } from '@visapi/backend-repositories/inbox';
import type { OrderContent, OrderRow } from '@visapi/backend-repositories/orders';
import type { Classified } from '@visapi/backend-webhooks';
import { changedFields } from './change.js';
import { decideConfirmation, decideContact } from './confirmation.js';
import { readOrder } from './order.js';
import { isObject } from './read-field.js';
import type { ForcedEffect } from './replay-mode.js';
import { newestConfirmation } from './resend.js';
import { viziOrders } from './webhooks/vizi.webhook.js';

/** Deliveries that one call replays or looks at; the answer says when there are more. */
export const mostReplays = 1_000;

/** Who wants something done again, and why. */
export interface ReplayedBy extends AskedBy {
  readonly reason: string;
}

export interface PlannedEffect {
  readonly effect: ForcedEffect;
  readonly id: string;
}

/** What a replay has made of a delivery, or of its order. */
export const replayedAs = [
  ...(['accepted', 'changed', 'skipped', 'opened', 'rejected'] as const),
  ...(['rewritten', 'planned', 'refused', 'nothing-to-do', 'failed'] as const),
] as const;

export interface Replayed {
  readonly deliveryId: string;
  readonly orderId: string | null;
  readonly status: (typeof replayedAs)[number];
  /** What is still wrong with it. */
  readonly problems: readonly ErrorDetail[];
  /** Deliveries that wait to be interpreted now: all failed ones of an order together. */
  readonly opened: readonly string[];
  readonly planned?: readonly PlannedEffect[];
  /** Names of the fields that were read differently. */
  readonly fields?: readonly string[];
}

/** What a replay would make of a delivery; of one that is applied, of its order. */
export const foreseenAs = [
  ...(['accept', 'change', 'skip', 'reject', 'open'] as const),
  ...(['rewrite', 'plan', 'force', 'refuse', 'nothing'] as const),
] as const;

export interface ForeseenEffect {
  readonly kind: 'contact' | 'message';
  readonly state: string;
  readonly reason: string | null;
}

export interface Foreseen {
  readonly deliveryId: string;
  readonly orderId: string | null;
  readonly now: { readonly outcome: string; readonly state: string };
  readonly would: (typeof foreseenAs)[number];
  readonly problems: readonly ErrorDetail[];
  readonly order?: {
    readonly branch: string;
    readonly product: string | null;
    readonly country: string | null;
    readonly warnings: readonly string[];
  };
  readonly effects?: readonly ForeseenEffect[];
  /** Names of the fields that would change. */
  readonly fields?: readonly string[];
  /** What the same call without a dry run has to carry, so that what was shown is what is done. */
  readonly confirm?: string;
}

/** What is known of the order that a delivery names. */
export interface KnownOrder {
  /** Whether some delivery of it has been accepted. */
  readonly isAccepted: boolean;
  readonly row: OrderRow | undefined;
  readonly effects: readonly EffectRow[];
}

/** The object that a stored body holds. @throws AppError `unprocessable` in words for an operator */
export function bodyOf({ body }: { readonly body: Buffer | null }): Readonly<Record<string, unknown>> {
  if (body === null) throw new AppError('unprocessable', 'The bytes of this delivery are no longer kept.');
  const value = parseJson(body)?.value;
  if (isObject(value)) return value;
  throw new AppError('unprocessable', 'The stored body is not a JSON object.');
}

/** What the edge would say of a stored body today. */
export function classifyAgain(delivery: StoredDelivery): Classified {
  try {
    return viziOrders.classify(bodyOf(delivery));
  } catch (error) {
    return { verdict: 'rejected', orderId: delivery.orderId, problems: [problemOf(error)] };
  }
}

/** The order id under which a replay would look at a delivery; null when its body names none. */
export function orderIdOf(delivery: StoredDelivery): string | null {
  return delivery.outcome === 'rejected' ? classifyAgain(delivery).orderId : delivery.orderId;
}

/** What replaying a delivery would do, by today's code; pure, and total: what cannot be read is a problem in words. */
export function foresee(delivery: StoredDelivery, known: KnownOrder): Foreseen {
  const { id: deliveryId, outcome, state } = delivery;
  const base = { deliveryId, now: { outcome, state }, problems: [] };
  if (outcome === 'rejected') {
    const { orderId, ...classified } = classifyAgain(delivery);
    if (classified.verdict === 'rejected')
      return { ...base, orderId, would: 'reject', problems: classified.problems };
    if (classified.verdict === 'skipped') return { ...base, orderId, would: 'skip' };
    const would = known.isAccepted ? 'change' : 'accept';
    return { ...base, orderId, would, ...interpreted(delivery, orderId, would === 'accept', known) };
  }
  const { orderId } = delivery;
  if (state !== 'failed') return { ...base, orderId, would: 'nothing' };
  return {
    ...base,
    orderId,
    would: 'open',
    ...interpreted(delivery, orderId, outcome === 'accepted', known),
  };
}

function interpreted(
  delivery: StoredDelivery,
  orderId: string | null,
  isFirst: boolean,
  known: KnownOrder,
): Partial<Foreseen> {
  if (orderId === null) return {};
  try {
    const content = readOrder(bodyOf(delivery), orderId);
    const order = {
      branch: content.branch,
      product: content.productName ?? null,
      country: content.productCountry ?? null,
      warnings: content.warnings ?? [],
    };
    return { order, ...consequences(delivery, content, orderId, isFirst, known) };
  } catch (error) {
    return { problems: [problemOf(error)] };
  }
}

/** A first delivery plans both effects; a later one only if it says something new, and is newer than what is known. */
function consequences(
  delivery: StoredDelivery,
  content: OrderContent,
  orderId: string,
  isFirst: boolean,
  { row, effects }: KnownOrder,
): Pick<Foreseen, 'effects' | 'fields'> {
  const contact = { kind: 'contact', ...stateOf(decideContact(content)) } as const;
  const message = { kind: 'message', ...stateOf(decideConfirmation(content, orderId)) } as const;
  if (isFirst || !row) return { effects: [contact, message] };
  const fields = row.appliedPosition < delivery.position ? changedFields(row, content) : [];
  if (fields.length === 0) return { effects: [], fields };
  const confirmation = newestConfirmation(effects);
  const told: ForeseenEffect =
    !confirmation || follows(confirmation)
      ? message
      : { kind: 'message', state: confirmation.state, reason: 'stays-as-it-is' };
  return { effects: [...(contact.state === 'planned' ? [contact] : []), told], fields };
}

/** Whether a confirmation becomes what the order demands now, as `OrdersRepository.applyChange` decides. */
function follows({ state, reason, awaitsContact }: EffectRow): boolean {
  if (!awaitsContact) return false;
  return ['planned', 'skipped'].includes(state) || (state === 'failed' && untried.includes(String(reason)));
}

function stateOf(decision: { readonly state: string; readonly reason?: string }) {
  return { state: decision.state, reason: decision.reason ?? null };
}

function problemOf(error: unknown): ErrorDetail {
  return { path: '', message: error instanceof Error ? error.message : String(error) };
}
