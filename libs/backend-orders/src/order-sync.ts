import { defineHandler } from '@visapi/backend-events';
import type { OrderStanding, StepRow } from '@visapi/backend-repositories/orders';

/**
 * The saga of an order: created → contact synced → confirmation accepted → processed. It holds no state of its own: where
 * an order stands is read from its effects, so it survives any crash, and any fact may be told twice (ADR 9).
 */
export const orderSync = defineHandler({
  name: 'order-sync',
  types: [
    ...(['order.created', 'order.changed', 'order.imported'] as const),
    ...(['contact.synced', 'contact.failed', 'contact.skipped'] as const),
    ...(['message.planned', 'message.accepted', 'message.failed', 'message.skipped'] as const),
    ...(['message.uncertain', 'message.denied'] as const),
    ...(['operator.synced', 'operator.resent', 'operator.settled'] as const),
  ],
  attempts: 20,
  backoff: { firstMs: 250, maxMs: 60_000 },
  outsideEffects: false,
});

/** An order that has just been made and owes its contact cannot have come any further by that. */
export function canMove({ type, payload }: { readonly type: string; readonly payload: unknown }): boolean {
  return type !== 'order.created' || (payload as { contactEffectId?: unknown }).contactEffectId === null;
}

/** Where an order stands on its way to its customer. */
export interface OrderSync {
  /**
   * `withheld` = nothing more goes out, for the reason given; `stopped` = the step was refused or given up and an
   * operator has to act; `uncertain` = its customer may have been told or not.
   */
  readonly state: 'syncing-contact' | 'confirming' | 'processed' | 'withheld' | 'stopped' | 'uncertain';
  readonly since: Date | null;
  /** The step that is under way, refused, withheld or of unknown outcome. */
  readonly step: 'contact' | 'confirmation' | null;
  readonly reason: string | null;
  /** `contact` = its contact in the CRM. */
  readonly waitingFor: 'contact' | 'vendor' | 'receipt' | 'operator' | null;
  /** When an open step counts as overdue. */
  readonly deadline: Date | null;
}

/** How long a step may be open before it is announced. */
const patienceMs = 5 * 60 * 1000;

/** These are not the order's own doing: it waits for an operator, or for other settings. */
const parked = ['stale', 'dry-run', 'sync-disabled'];

/**
 * Where an order stands, by all its effects. Its newest contact and the newest of its confirmations (one that was sent
 * again stands for those before it) decide.
 */
export function orderSyncOf(effects: readonly StepRow[]): OrderSync {
  const contact = newestContact(effects);
  const confirmation = newestConfirmation(effects);
  return contactStands(contact, confirmation) ?? confirmationStands(contact, confirmation);
}

/** What the columns of an order have to say, by all its effects; undefined as long as none can be seen. */
export function standingOf(effects: readonly StepRow[]): OrderStanding | undefined {
  if (effects.length === 0) return undefined;
  const whatsappConfirmationSent = effects.some(
    (effect) => isConfirmation(effect) && effect.state === 'accepted',
  );
  return {
    processed: isProcessed(orderSyncOf(effects), whatsappConfirmationSent),
    // Written again although it holds what is newest: that it was synced stays true.
    cbbSynced: (newestContact(effects)?.acceptedAt ?? null) !== null,
    whatsappConfirmationSent,
  };
}

/**
 * Whether all that an order owes is done or withheld by itself. Null = neither: nothing is owed as long as nobody wants
 * it; then what was known before holds.
 */
function isProcessed({ state, step, reason }: OrderSync, isTold: boolean): boolean | null {
  if (state === 'withheld') return parked.includes(reason ?? '') ? null : true;
  // Who was told once stays told while an operator has it sent again.
  return step === 'contact' ? false : state === 'processed' || isTold;
}

function contactStands(
  contact: StepRow | undefined,
  confirmation: StepRow | undefined,
): OrderSync | undefined {
  if (contact === undefined) return nothingKnown;
  const base = { step: 'contact' as const, reason: contact.reason, deadline: null };
  if (contact.state === 'failed')
    return { ...base, state: 'stopped', since: contact.failedAt, waitingFor: 'operator' };
  // Written again although it was synced once: the customer need not wait for that.
  if (isOpen(contact.state) && contact.acceptedAt === null) {
    const since = contact.plannedAt;
    return { ...base, state: 'syncing-contact', since, waitingFor: 'contact', deadline: deadlineOf(since) };
  }
  if (
    contact.state === 'skipped' &&
    parked.includes(contact.reason ?? '') &&
    confirmation?.state !== 'accepted'
  )
    return { ...base, state: 'withheld', since: contact.skippedAt, waitingFor: 'operator' };
  return undefined;
}

function confirmationStands(contact: StepRow | undefined, confirmation: StepRow | undefined): OrderSync {
  if (confirmation === undefined) return nothingKnown;
  const synced = contact?.acceptedAt ?? null;
  const base = { step: 'confirmation' as const, reason: confirmation.reason, deadline: null };
  switch (confirmation.state) {
    case 'accepted':
      return { ...done, since: later(confirmation.acceptedAt, synced) };
    case 'skipped':
      return {
        ...base,
        state: 'withheld',
        since: confirmation.skippedAt,
        waitingFor: whoUnparks(confirmation),
      };
    case 'failed':
      return { ...base, state: 'stopped', since: confirmation.failedAt, waitingFor: 'operator' };
    case 'uncertain':
      return { ...base, state: 'uncertain', since: confirmation.uncertainAt, waitingFor: 'receipt' };
    default: {
      const since = later(confirmation.plannedAt, synced);
      return { ...base, state: 'confirming', since, waitingFor: 'vendor', deadline: deadlineOf(since) };
    }
  }
}

function whoUnparks({ reason }: StepRow): 'operator' | null {
  return parked.includes(reason ?? '') ? 'operator' : null;
}

const done = { state: 'processed', step: null, reason: null, waitingFor: null, deadline: null } as const;

/** An order always has both; until they can be seen it waits for the first of them. */
const nothingKnown: OrderSync = {
  state: 'syncing-contact',
  since: null,
  step: 'contact',
  reason: null,
  waitingFor: 'contact',
  deadline: null,
};

function isOpen(state: string): boolean {
  return state === 'planned' || state === 'claimed';
}

function isConfirmation({ kind, purpose }: StepRow): boolean {
  return kind === 'message' && purpose === 'confirmation';
}

function newestContact(effects: readonly StepRow[]): StepRow | undefined {
  return newest(effects.filter(({ kind }) => kind === 'contact'));
}

function newestConfirmation(effects: readonly StepRow[]): StepRow | undefined {
  const replaced = new Set(effects.map(({ resendOf }) => resendOf));
  return newest(effects.filter((effect) => isConfirmation(effect) && !replaced.has(effect.id)));
}

function newest(effects: readonly StepRow[]): StepRow | undefined {
  return effects.toSorted((left, right) => right.plannedAt.getTime() - left.plannedAt.getTime())[0];
}

function later(left: Date | null, right: Date | null): Date | null {
  if (left === null || right === null) return left ?? right;
  return left > right ? left : right;
}

function deadlineOf(since: Date | null): Date | null {
  return since && new Date(since.getTime() + patienceMs);
}
