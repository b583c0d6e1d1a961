import { parseJson, plainDecimal } from '@visapi/backend-kernel';
import type { OrderContent, OrderRow } from '@visapi/backend-repositories/orders';
import { isObject } from './read-field.js';

/** What a changed field is about, which decides what follows from its change. */
export type ChangeKind = 'contact' | 'consent' | 'status' | 'product' | 'money' | 'other';

const fieldsOf: Readonly<Record<Exclude<ChangeKind, 'other'>, readonly string[]>> = {
  contact: ['clientName', 'clientEmail', 'clientPhone', 'clientSex', 'details.phone'],
  consent: ['whatsappAlertsEnabled'],
  status: ['orderStatus'],
  money: ['amount', 'currency', 'paymentId', 'paymentProcessor', 'details.coupon'],
  product: [
    ...['productName', 'productCountry', 'productDocType', 'productIntent', 'productEntries'],
    ...['productValidity', 'validityDays', 'stayLimit', 'visaQuantity', 'urgency', 'isUrgent'],
    ...['processingDays', 'details.product'],
  ],
};
const kinds = new Map(
  Object.entries(fieldsOf).flatMap(([kind, fields]) => fields.map((field) => [field, kind as ChangeKind])),
);

/** The form's own bookkeeping: each sending has another, and it says nothing of the order. */
const bookkeeping = new Set(['meta', 'createdAt', 'updatedAt']);

export function changeKind(field: string): ChangeKind {
  return kinds.get(field) ?? 'other';
}

/** Those changed fields that a person has to look at: the customer paid for something else, or another amount. */
export function reviewFields(fields: readonly string[]): string[] {
  return fields.filter((field) => ['money', 'product'].includes(changeKind(field)));
}

/**
 * Names of the fields in which a later delivery differs from what is known of the order, for `details` one level deeper
 * (`details.coupon`). Names only, never values.
 */
export function changedFields(before: OrderRow, after: OrderContent): string[] {
  const names = Object.keys(after) as (keyof OrderContent)[];
  const changed = names.filter((name) => name !== 'warnings' && !isSame(before[name], after[name]));
  return changed
    .flatMap((name) => (name === 'details' ? changedDetails(before.details, after.details) : [name]))
    .sort();
}

function changedDetails(before: Buffer | null, after: Buffer | null | undefined): string[] {
  const [left, right] = [before, after].map(parts);
  if (!left || !right) return ['details'];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return names
    .filter((name) => !bookkeeping.has(name) && left.get(name) !== right.get(name))
    .map((name) => `details.${name}`);
}

/** Undefined for what is no JSON object, such as bytes of another form than ours. */
function parts(bytes: Buffer | null | undefined): ReadonlyMap<string, string> | undefined {
  if (!bytes) return new Map();
  const value = parseJson(bytes)?.value;
  if (!isObject(value)) return undefined;
  return new Map(Object.entries(value).map(([name, part]) => [name, JSON.stringify(part)]));
}

function isSame(before: unknown, after: unknown): boolean {
  if (Buffer.isBuffer(before) && Buffer.isBuffer(after)) return before.equals(after);
  if ((before ?? null) === (after ?? null)) return true;
  // Decimals come back from the database with all their places.
  const [left, right] = [before, after].map((value) =>
    typeof value === 'string' ? decimal(value) : undefined,
  );
  return left !== undefined && left === right;
}

function decimal(text: string): string | undefined {
  return /^\d+(\.\d+)?$/.test(text) ? plainDecimal(text) : undefined;
}
