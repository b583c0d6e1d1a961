import { type ErrorDetail, isTestOrder } from '@visapi/backend-kernel';
import { isObject } from '../read-field.js';
import { viziOrders } from '../webhooks/vizi.webhook.js';
import { bodyOfOldRow } from './old-orders-table.js';
import { readInstant, Stated } from './stated.js';

type Json = Readonly<Record<string, unknown>>;

/** What the system used before had done for an order. */
export interface Told {
  readonly contactSynced: boolean;
  readonly confirmationSent: boolean;
  readonly visaSent: boolean;
}

/** An order of the system used before. */
export interface ImportedRow {
  readonly orderId: string;
  readonly receivedAt: Date;
  readonly told: Told;
  /** As the shop sent it. */
  readonly body: Json;
}

export type ReadRow =
  | { readonly kind: 'order'; readonly row: ImportedRow }
  | { readonly kind: 'test-order'; readonly orderId: string }
  | { readonly kind: 'refused'; readonly orderId: string | null; readonly problems: readonly ErrorDetail[] };

const timeNames = ['receivedAt', 'received_at', 'webhook_received_at'];
const contactNames = ['contactSynced', 'contact_synced', 'cbb_synced'];
const confirmationNames = ['confirmationSent', 'confirmation_sent', 'whatsapp_confirmation_sent'];
const visaNames = ['visaSent', 'visa_sent', 'visa_notification_sent'];

const unstated =
  'must be stated, true or false: told.confirmationSent (in CSV confirmation_sent or whatsapp_confirmation_sent) ' +
  'says whether the customer has been sent the confirmation already, and it is not guessed';

/**
 * Reads one row of a file to import: `{ payload, receivedAt, told }`, or a row of the old `orders` table with columns
 * that say what its customer was told. What the order itself says is interpreted later and never a reason to refuse;
 * what was told, when and of which order has to be certain.
 */
export function readImportedRow(value: unknown, now: Date): ReadRow {
  if (!isObject(value)) return refused(null, [{ path: '', message: 'must be an object, one order' }]);
  const stated = new Stated(value);
  const body = readBody(stated);
  const orderId = body ? readOrderId(body, stated) : null;
  if (orderId !== null && isTestOrder(orderId)) return { kind: 'test-order', orderId };
  const receivedAt = readReceivedAt(stated, now);
  const told = readTold(stated);
  const isWhole = stated.problems.length === 0 && body && orderId !== null && receivedAt && told;
  return isWhole
    ? { kind: 'order', row: { orderId, receivedAt, told, body } }
    : refused(orderId, stated.problems);
}

/** When a row's order was received, as far as it says so; its other parts may still be refused. */
export function receivedAtOf(value: unknown): Date | undefined {
  if (!isObject(value)) return undefined;
  const name = timeNames.find((candidate) => value[candidate] !== undefined);
  return name === undefined ? undefined : readInstant(value[name]);
}

function refused(orderId: string | null, problems: readonly ErrorDetail[]): ReadRow {
  return { kind: 'refused', orderId, problems };
}

function readBody(stated: Stated): Json | undefined {
  if (stated.text('payload') !== undefined) return stated.object('payload');
  if (stated.text('order_id') !== undefined) return bodyOfOldRow(stated);
  return stated.refuse(
    'payload',
    'is missing: a row holds payload (what the shop sent, { form, order }) or the columns of the old orders table, order_id among them',
  );
}

/** What the shop sent has to name its order here just as it has to when it is delivered. */
function readOrderId(body: Json, stated: Stated): string | null {
  const classified = viziOrders.classify(body);
  if (classified.verdict === 'rejected') stated.problems.push(...classified.problems);
  return classified.orderId;
}

function readReceivedAt(stated: Stated, now: Date): Date | undefined {
  const before = stated.problems.length;
  const receivedAt = stated.instant(timeNames);
  if (receivedAt && receivedAt > now)
    return stated.refuse('receivedAt', 'lies in the future; it must be when the order was received');
  if (!receivedAt && stated.problems.length === before)
    stated.refuse(
      'receivedAt',
      'is missing: receivedAt (or webhook_received_at) says when the order was received',
    );
  return receivedAt;
}

/** Only the confirmation has to be stated: a contact may be written twice, and completed visas have their bootstrap. */
function readTold(stated: Stated): Told | undefined {
  const before = stated.problems.length;
  const row = { ...stated.row, ...stated.object('told') };
  const confirmationSent = stated.flag(confirmationNames, row);
  const contactSynced = stated.flag(contactNames, row) ?? false;
  const visaSent = stated.flag(visaNames, row) ?? false;
  if (stated.problems.length > before) return undefined;
  if (confirmationSent === undefined) return stated.refuse('confirmationSent', unstated);
  return { contactSynced, confirmationSent, visaSent };
}
