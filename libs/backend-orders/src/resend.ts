import { type AskedBy, isTestOrder, newId } from '@visapi/backend-kernel';
import { orderConfirmation, templates } from '@visapi/backend-messaging';
import type { Executor } from '@visapi/backend-repositories';
import { type EffectRow, type NewMessage, planMessages } from '@visapi/backend-repositories/effects';
import type { OrderRow } from '@visapi/backend-repositories/orders';
import { confirmationFacts, decideConfirmation, type SkipReason } from './confirmation.js';

/** The approved templates: the one that an order is confirmed by, and all. */
export const messageTemplates = {
  confirmation: orderConfirmation.name,
  all: templates.map(({ name }) => name),
} as const;

/** Why an operator's wish to send a confirmation again is not done. */
export type ResendObstacle = 'test-order' | 'under-way' | 'uncertain' | 'contact-failed' | SkipReason;

export interface ResendWish {
  /** E.164 that the operator names instead of the order's; null = the order's. */
  readonly phone: string | null;
  /** Also where it is not known whether the one before went out. */
  readonly force: boolean;
  /** Also where the one before went out. */
  readonly repeat: boolean;
}

export type ResendDecision =
  | {
      readonly state: 'send';
      readonly phone: string;
      readonly parameters: readonly string[];
      /** The message that this one repeats; null when the order has none. */
      readonly resendOf: string | null;
    }
  | { readonly state: 'already-sent' }
  | { readonly state: 'refused'; readonly reason: ResendObstacle };

/**
 * Whether a confirmation is sent again, worded from the order as it is now. Only the newest message of the chain counts
 * (the first confirmation or the last resend), so that two operators cannot both repeat the same one.
 */
export function decideResend(
  order: OrderRow,
  effects: readonly EffectRow[],
  wish: ResendWish,
): ResendDecision {
  const newest = newestConfirmation(effects);
  if (newest?.state === 'accepted' && !wish.repeat) return { state: 'already-sent' };
  const obstacle = isTestOrder(order.orderId) ? 'test-order' : obstacleOf(newest, wish);
  if (obstacle) return { state: 'refused', reason: obstacle };
  const decision = decideConfirmation(toNamedPhone(order, wish.phone), order.orderId);
  if (decision.state === 'skipped') return { state: 'refused', reason: decision.reason };
  // What waits for a contact that nobody will write would wait for ever.
  if (wish.phone === null && isContactLost(effects)) return { state: 'refused', reason: 'contact-failed' };
  const { phone, parameters } = decision;
  return { state: 'send', phone, parameters, resendOf: newest?.id ?? null };
}

function obstacleOf(newest: EffectRow | undefined, wish: ResendWish): ResendObstacle | undefined {
  if (newest?.state === 'planned' || newest?.state === 'claimed') return 'under-way';
  return newest?.state === 'uncertain' && !wish.force ? 'uncertain' : undefined;
}

/** The last of the chain of an order's confirmation: the one that no other repeats. */
export function newestConfirmation(effects: readonly EffectRow[]): EffectRow | undefined {
  const repeated = new Set(effects.map(({ resendOf }) => resendOf));
  return effects.find(({ id, purpose }) => purpose === 'confirmation' && !repeated.has(id));
}

/** Names of the facts that the confirmation tells and that are not known of this order. */
export function unknownFacts(order: OrderRow): string[] {
  const facts = confirmationFacts(order, order.orderId);
  return orderConfirmation.bodyParameters.filter((_name, index) => facts[index] === undefined);
}

/** Who names a phone takes it upon himself whom he writes to: the customer's own wishes are about the customer's phone. */
function toNamedPhone(order: OrderRow, phone: string | null): OrderRow {
  if (phone === null) return order;
  return { ...order, branch: 'il', clientPhone: phone, orderStatus: null, whatsappAlertsEnabled: true };
}

function isContactLost(effects: readonly EffectRow[]): boolean {
  const [newest] = effects
    .filter(({ kind }) => kind === 'contact')
    .sort((left, right) => right.plannedAt.getTime() - left.plannedAt.getTime());
  return newest !== undefined && newest.acceptedAt === null && ['failed', 'skipped'].includes(newest.state);
}

/** A new message with a key of its own; the one it repeats stays as it is. */
export function resentConfirmation(
  orderId: string,
  id: string,
  decision: Extract<ResendDecision, { state: 'send' }>,
  { awaitsContact, correlationId }: { readonly awaitsContact: boolean; readonly correlationId: string },
): NewMessage {
  const { phone, parameters, resendOf } = decision;
  const { name: template, language } = orderConfirmation;
  return {
    effect: {
      id,
      kind: 'message',
      purpose: 'confirmation',
      semanticKey: `message:order_confirmation:${orderId}:resend:${id}`,
      orderId,
      lane: phone,
      state: 'planned',
      reason: null,
      correlationId,
      awaitsContact,
      resendOf,
    },
    message: { template, language, phone, parameters: Buffer.from(JSON.stringify(parameters)) },
  };
}

/** Writes a decided resend, with the facts that say who wanted it and wake its job. @returns the message's id */
export async function writeResend(
  executor: Executor,
  orderId: string,
  decision: Extract<ResendDecision, { state: 'send' }>,
  { awaitsContact, reason }: { readonly awaitsContact: boolean; readonly reason: string },
  by: AskedBy,
): Promise<string> {
  const id = newId();
  const { correlationId } = by;
  const message = resentConfirmation(orderId, id, decision, { awaitsContact, correlationId });
  const payload = {
    reason,
    template: orderConfirmation.name,
    messageEffectIds: [id],
    resendOf: decision.resendOf === null ? [] : [decision.resendOf],
  };
  const facts = [{ type: 'operator.resent', payload }];
  await planMessages(executor, orderId, [message], { ...by, pauseMs: 0, facts });
  return id;
}
