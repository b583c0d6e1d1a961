import { type ErrorDetail, newId } from '@visapi/backend-kernel';
import { visaApproval } from '@visapi/backend-messaging';
import type { ImportedEffect, ImportedMessage, ImportedOrder } from '@visapi/backend-repositories/orders';
import { importedVisaKey } from '../notice.js';
import { decideConfirmation, decideContact } from '../confirmation.js';
import { messageOf, newConfirmation, newContact } from '../effects.js';
import { applicantIds } from '../interpretation/applicant-ids.js';
import { readOrder } from '../order.js';
import type { ImportedRow } from './imported-row.js';

export interface ImportPlan {
  readonly order: ImportedOrder;
  /** What was told where nothing can have been; such a row is not imported. */
  readonly problems: readonly ErrorDetail[];
}

/** The delivery that an imported order came with. */
interface Cause {
  readonly deliveryId: string;
  readonly correlationId: string;
}

const by = 'source:import';

/**
 * What becomes of an imported order: what had been done is done, with the import as its evidence; what had not been done
 * is owed as long as the order is young, and else left to an operator.
 * @param isYoung whether its customer may still be told without being asked
 */
export function planImport(row: ImportedRow, cause: Cause, isYoung: boolean): ImportPlan {
  const { orderId, receivedAt, told, body } = row;
  const { deliveryId, correlationId } = cause;
  const content = readOrder(body, orderId);
  const contact = contactOf(row, content, correlationId, isYoung);
  const confirmation = confirmationOf(row, content, correlationId, isYoung);
  const visa = told.visaSent ? [visaOf(row, correlationId)] : [];
  const messages = [confirmation, ...visa];
  const owed = [contact, confirmation.effect].some(({ state }) => state === 'planned');
  const events = eventsOf(cause, orderId, contact, confirmation, content.warnings ?? []);
  return {
    order: {
      order: {
        ...content,
        orderId,
        deliveryId,
        eventVersion: events.length,
        firstReceivedAt: receivedAt,
        cbbSynced: contact.state === 'accepted',
        whatsappConfirmationSent: told.confirmationSent,
        processedAt: owed ? null : receivedAt,
      },
      contact,
      messages,
      applicantIds: applicantIds(content.applicants),
      events,
    },
    problems: impossible(row, content.branch),
  };
}

type Content = ReturnType<typeof readOrder>;

function contactOf(
  { orderId, receivedAt, told }: ImportedRow,
  content: Content,
  correlationId: string,
  isYoung: boolean,
): ImportedEffect {
  const effect = newContact(decideContact(content), orderId, 1, correlationId);
  if (effect.state !== 'planned') return effect;
  if (told.contactSynced) return done(effect, receivedAt);
  return isYoung ? effect : { ...effect, state: 'skipped', reason: 'imported', lane: 'none' };
}

function confirmationOf(
  { orderId, receivedAt, told }: ImportedRow,
  content: Content,
  correlationId: string,
  isYoung: boolean,
): ImportedMessage {
  const decision = decideConfirmation(content, orderId);
  const effect = newConfirmation(decision, orderId, correlationId);
  const message = messageOf(effect.id, orderId, decision);
  if (told.confirmationSent)
    return { effect: done(effect, receivedAt), message: { ...message, phone: content.clientPhone } };
  if (effect.state !== 'planned' || isYoung) return { effect, message };
  return {
    effect: { ...effect, state: 'skipped', reason: 'stale', lane: 'none' },
    message,
  };
}

/** That its visa was told, but neither to which phone nor in which words: no receipt can be taken for it. */
function visaOf({ orderId, receivedAt }: ImportedRow, correlationId: string): ImportedMessage {
  const effect = {
    id: newId(),
    kind: 'message',
    purpose: 'visa',
    semanticKey: importedVisaKey(orderId),
    orderId,
    lane: 'none',
    state: 'accepted',
    correlationId,
  };
  const { name: template, language } = visaApproval;
  const message = { effectId: effect.id, orderId, template, language };
  return { effect: done(effect, receivedAt), message };
}

/**
 * It happened in the system used before, at a time that nobody knows better than the order's own. Receipts are looked
 * for by the claim, so it stands there too; and nothing waited for a contact of ours.
 */
function done(effect: ImportedEffect, at: Date): ImportedEffect {
  return {
    ...effect,
    state: 'accepted',
    reason: null,
    plannedAt: at,
    claimedAt: at,
    acceptedAt: at,
    awaitsContact: effect.kind === 'contact',
    evidence: { imported: true },
  };
}

function eventsOf(
  { correlationId }: Cause,
  orderId: string,
  contact: ImportedEffect,
  { effect: confirmation }: ImportedMessage,
  warnings: readonly string[],
): ImportedOrder['events'] {
  const base = { aggregateType: 'order' as const, aggregateId: orderId, actor: by, correlationId };
  const contactEffectId = contact.state === 'planned' ? contact.id : null;
  const imported = {
    ...base,
    type: 'order.imported',
    aggregateVersion: 1,
    payload: { contactEffectId, warnings },
  };
  // A contact that is planned wakes the confirmation when it is synced.
  if (confirmation.state !== 'planned' || contactEffectId !== null) return [imported];
  const payload = { purpose: 'confirmation', messageEffectIds: [confirmation.id], pauseMs: 0 };
  return [imported, { ...base, type: 'message.planned', aggregateVersion: 2, payload }];
}

/** Customers of other branches are not written to: a row that says so holds a wrong branch or a wrong flag. */
function impossible({ told }: ImportedRow, branch: string): ErrorDetail[] {
  if (branch === 'il') return [];
  const message = `must be false: the branch is "${branch}", and only customers of branch "il" are told; correct the branch or the flag`;
  return [
    ...(told.confirmationSent ? [{ path: 'confirmationSent', message }] : []),
    ...(told.visaSent ? [{ path: 'visaSent', message }] : []),
  ];
}
