import { createHash } from 'node:crypto';
import type { ErrorDetail } from '@visapi/backend-kernel';
import type { EffectRow } from '@visapi/backend-repositories/effects';
import type { OrderRow } from '@visapi/backend-repositories/orders';
import { type Decision, decideConfirmation, decideContact } from './confirmation.js';
import { decideResend, newestConfirmation, type ResendDecision, type ResendObstacle } from './resend.js';

/** What an operator may force of an order, one at a time. */
export const forcedEffects = ['contact', 'confirmation'] as const;
export type ForcedEffect = (typeof forcedEffects)[number];

export const replayModes = ['state', 'missing', 'force'] as const;

/**
 * What a replay is to do. `state`: the order's content is read again, and nothing follows from it. `missing`: what was
 * set aside is interpreted; of an order that is there, what it owes and does not have is planned. `force`: one named
 * effect of the order once more, although it may have happened.
 */
export type ReplayHow =
  | { readonly mode: 'state' | 'missing' }
  | {
      readonly mode: 'force';
      readonly effect: ForcedEffect;
      /** What a preview answered; undefined = none was asked for. */
      readonly confirm: string | undefined;
    };

/** A replay as it is asked for. @returns what to do, or what is wrong with what was asked */
export function howOf({ mode, effect, confirm, reason }: AskedReplay): ReplayHow | ErrorDetail {
  if (mode !== 'force') {
    const [odd] = Object.entries({ effect, confirm }).filter(([, given]) => given !== undefined);
    return odd ? { path: odd[0], message: `is for mode force alone, and this is mode ${mode}` } : { mode };
  }
  if (effect === undefined)
    return {
      path: 'effect',
      message: `must be ${forcedEffects.join(' or ')}: force does exactly one of them`,
    };
  // Looking needs none.
  if (confirm !== undefined && reason === undefined)
    return { path: 'reason', message: 'must say why: force does again what may have been done' };
  return { mode, effect, confirm };
}

interface AskedReplay {
  readonly mode: ReplayHow['mode'];
  readonly effect?: ForcedEffect | undefined;
  readonly confirm?: string | undefined;
  readonly reason?: string | undefined;
}

/** What many deliveries may be replayed by: force is for one of them, which its operator has looked at. */
export type ManyReplays = Exclude<ReplayHow, { mode: 'force' }>;

/** What is done about one effect of an order. */
export type Step =
  | { readonly do: 'contact'; readonly phone: string }
  | { readonly do: 'resend'; readonly decision: Extract<ResendDecision, { state: 'send' }> }
  /** The order has no row of this effect, as every order should. */
  | { readonly do: 'first-contact'; readonly decision: ReturnType<typeof decideContact> }
  | { readonly do: 'first-confirmation'; readonly decision: ReturnType<typeof decideConfirmation> }
  /** It stays as it is: what it is, and why nothing is done about it. */
  | { readonly do: 'nothing'; readonly state: string; readonly reason: string | null };

/** What an order owes by its content and does not have. What was withheld for a reason is not owed: force sends it. */
export function decideMissing(order: OrderRow, effects: readonly EffectRow[]) {
  const contact = missingContact(order, effects);
  const isOwed = contact.do === 'contact' || contact.do === 'first-contact';
  // The confirmation is decided as if its contact were owed again already.
  const afterwards = isOwed ? effects.filter(({ kind }) => kind !== 'contact') : effects;
  return { contact, confirmation: missingConfirmation(order, afterwards) };
}

function missingContact(order: OrderRow, effects: readonly EffectRow[]): Step {
  const newest = newestContact(effects);
  const decision = decideContact(order);
  if (!newest) return { do: 'first-contact', decision };
  if (newest.state !== 'failed') return stays(newest);
  return decision.state === 'planned'
    ? { do: 'contact', phone: decision.phone }
    : { do: 'nothing', state: 'failed', reason: decision.reason };
}

function missingConfirmation(order: OrderRow, effects: readonly EffectRow[]): Step {
  const newest = newestConfirmation(effects);
  if (!newest) return { do: 'first-confirmation', decision: decideConfirmation(order, order.orderId) };
  if (newest.state !== 'failed') return stays(newest);
  // Only the operator who named that phone knows whom it was for.
  if (!newest.awaitsContact) return { do: 'nothing', state: 'failed', reason: 'named-phone' };
  const decision = decideResend(order, effects, { phone: null, force: false, repeat: false });
  if (decision.state === 'send') return { do: 'resend', decision };
  const reason = decision.state === 'refused' ? decision.reason : decision.state;
  return { do: 'nothing', state: 'failed', reason };
}

function stays({ state, reason }: EffectRow): Step {
  return { do: 'nothing', state, reason: state === 'planned' || state === 'claimed' ? 'under-way' : reason };
}

export type Forced =
  | { readonly state: 'do'; readonly step: Exclude<Step, { do: 'nothing' }> }
  | { readonly state: 'refused'; readonly reason: ResendObstacle };

/** Whether one effect is done once more. One of unknown outcome is settled first: this is no way around that. */
export function decideForced(order: OrderRow, effects: readonly EffectRow[], effect: ForcedEffect): Forced {
  if (effect === 'contact') {
    const decision: Decision<{ readonly phone: string }> = decideContact(order);
    if (decision.state === 'skipped') return { state: 'refused', reason: decision.reason };
    return { state: 'do', step: { do: 'contact', phone: decision.phone } };
  }
  const decision = decideResend(order, effects, { phone: null, force: false, repeat: true });
  if (decision.state === 'send') return { state: 'do', step: { do: 'resend', decision } };
  if (decision.state === 'refused') return { state: 'refused', reason: decision.reason };
  throw new Error('What is repeated on purpose is never refused because it was sent.');
}

/**
 * Stands for what a preview showed: the order as it was, the effect, and every state of its kind. Whatever happens to the
 * order meanwhile makes it another one.
 */
export function confirmToken(order: OrderRow, effects: readonly EffectRow[], effect: ForcedEffect): string {
  const states = effects
    .filter(({ purpose }) => purpose === effect)
    .map(({ id, state, reason, attempt }) => [id, state, reason, attempt]);
  const seen = JSON.stringify([order.orderId, order.eventVersion, effect, states]);
  return createHash('sha256').update(seen).digest('hex').slice(0, 32);
}

/** What there is of the effect now, for whoever is to decide whether it is forced. */
export function presentOf(effects: readonly EffectRow[], effect: ForcedEffect): EffectRow | undefined {
  return effect === 'contact' ? newestContact(effects) : newestConfirmation(effects);
}

function newestContact(effects: readonly EffectRow[]): EffectRow | undefined {
  return effects
    .filter(({ kind }) => kind === 'contact')
    .toSorted((left, right) => right.plannedAt.getTime() - left.plannedAt.getTime())[0];
}
