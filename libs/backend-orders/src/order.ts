import { parsePhone } from '@visapi/backend-kernel';
import type { OrderContent } from '@visapi/backend-repositories/orders';
import { destinationKey, findDestination } from './catalogue/destinations.js';
import { isKnownUrgency, isUrgent, processingDays } from './catalogue/processing-time.js';
import { isObject, objectAt, Reading } from './read-field.js';

const branches = ['il', 'co', 'se', 'ru', 'kz'];
const statuses = ['active', 'completed', 'issue', 'canceled'];
const processors = ['stripe', 'paypal', 'tbank', 'bill', 'bit', 'paybox'];
const currencies = ['ILS', 'USD', 'SEK', 'RUB', 'KZT'];
/** Deeper than any form; beyond it a body is no form, and writing it as JSON again could exhaust the stack. */
const deepestApplicants = 40;

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads an order out of a shop body. Total: whatever the body holds, an order comes out; what is unknown or unusable is
 * kept as received or left empty and named in `warnings`, nothing is replaced by a default that could be taken for a
 * fact.
 */
export function readOrder(body: Json, orderId: string): OrderContent {
  const reading = new Reading();
  const order = objectAt(body, 'order');
  const form = objectAt(body, 'form');
  const applicants = readApplicants(form, reading);
  const product = readProduct(form, reading);
  const content = {
    ...readPayment(order, form, orderId, reading),
    ...readClient(form, applicants, reading),
    ...product,
    visaQuantity: readQuantity(form, applicants, reading),
    entryDate: reading.day(objectAt(form, 'entry'), 'date', 'entry.date'),
    applicants: writeApplicants(applicants, reading),
  };
  return { ...content, warnings: reading.warnings };
}

function readPayment(order: Json, form: Json, orderId: string, reading: Reading) {
  return {
    formId: reading.text(order, 'form_id', 'form_id') ?? reading.text(form, 'id', 'form.id'),
    branch: readBranch(order, orderId, reading),
    domain: reading.text(order, 'domain', 'domain'),
    paymentProcessor: known(
      reading.text(order, 'payment_processor', 'payment_processor'),
      processors,
      'payment_processor',
      reading,
    ),
    paymentId: reading.text(order, 'payment_id', 'payment_id'),
    amount: reading.money(order, 'amount', 'amount'),
    currency: known(
      reading.text(order, 'currency', 'currency')?.toUpperCase() ?? null,
      currencies,
      'currency',
      reading,
    ),
    orderStatus: known(reading.text(order, 'status', 'status'), statuses, 'status', reading),
  };
}

/** The branch decides who is messaged in which language, so it is taken from what was said, never assumed. */
function readBranch(order: Json, orderId: string, reading: Reading): string {
  const said = reading.word(order, 'branch', 'branch');
  if (said !== null) return known(said, branches, 'branch', reading) ?? 'unknown';
  reading.warn('branch', 'missing');
  const prefix = /^([A-Za-z]{2})\d{6}/.exec(orderId)?.[1]?.toLowerCase();
  return prefix !== undefined && branches.includes(prefix) ? prefix : 'unknown';
}

function readClient(form: Json, applicants: readonly unknown[], reading: Reading) {
  const client = objectAt(form, 'client');
  const phone = parsePhone(client['phone']);
  if (!phone.valid) reading.warn('phone', 'invalid');
  const [first] = applicants;
  const sex = isObject(first) ? objectAt(first, 'passport')['sex'] : undefined;
  return {
    clientName: reading.text(client, 'name', 'client.name', 300),
    clientEmail: reading.text(client, 'email', 'client.email', 320),
    clientPhone: phone.e164,
    clientSex: sex === 'm' || sex === 'f' ? sex : null,
    // Only a plain yes is consent.
    whatsappAlertsEnabled: client['whatsappAlertsEnabled'] === true,
  };
}

function readProduct(form: Json, reading: Reading) {
  const product = objectAt(form, 'product');
  const spelled =
    reading.text(form, 'country', 'country') ?? reading.text(product, 'country', 'product.country');
  const country = spelled === null ? null : destinationKey(spelled) || null;
  if (!findDestination(country)) reading.warn('country', country === null ? 'missing' : 'unknown');
  const urgency = reading.word(form, 'urgency', 'urgency');
  if (!isKnownUrgency(urgency)) reading.warn('urgency', 'unknown');
  const wait = reading.count(product, 'wait', 'product.wait', 1_000);
  return {
    productName: reading.text(product, 'name', 'product.name'),
    productCountry: country,
    productDocType: reading.word(product, 'docType', 'product.docType'),
    productIntent: reading.word(product, 'intent', 'product.intent'),
    productEntries: reading.word(product, 'entries', 'product.entries'),
    productValidity: reading.word(product, 'validity', 'product.validity'),
    stayLimit: reading.count(product, 'stay_limit', 'product.stay_limit', 100_000),
    urgency,
    isUrgent: isUrgent(urgency),
    processingDays: processingDays(urgency, wait, country) ?? null,
  };
}

function readApplicants(form: Json, reading: Reading): readonly unknown[] {
  const applicants = form['applicants'];
  if (Array.isArray(applicants) && applicants.length > 0) return applicants as unknown[];
  reading.warn('applicants', 'missing');
  return [];
}

function readQuantity(form: Json, applicants: readonly unknown[], reading: Reading): number | null {
  const quantity = reading.count(form, 'quantity', 'quantity', 1_000);
  if (quantity === null || quantity === 0) {
    reading.warn('quantity', 'missing');
    return applicants.length || null;
  }
  if (applicants.length > 0 && quantity !== applicants.length)
    reading.warn('quantity', 'differs-from-applicants');
  return quantity;
}

function writeApplicants(applicants: readonly unknown[], reading: Reading): Buffer | null {
  if (applicants.length === 0) return null;
  if (isDeeper(applicants, deepestApplicants)) {
    reading.warn('applicants', 'too-deep');
    return null;
  }
  return Buffer.from(JSON.stringify(applicants));
}

/** Walks with a list of its own instead of the call stack: the body may be nested as deep as its size allows. */
function isDeeper(value: unknown, most: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > most) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
}

/** Kept as received either way: a value newer than our list is not an error of the sender. */
function known(
  value: string | null,
  list: readonly string[],
  field: string,
  reading: Reading,
): string | null {
  if (value === null) reading.warn(field, 'missing');
  else if (!list.includes(value)) reading.warn(field, 'unknown');
  return value;
}
