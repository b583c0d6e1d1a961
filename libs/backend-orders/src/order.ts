import { parsePhone } from '@visapi/backend-kernel';
import type { OrderContent } from '@visapi/backend-repositories/orders';
import { type ReadApplicants, readApplicants } from './interpretation/applicants.js';
import { readDetails } from './interpretation/details.js';
import { Part } from './interpretation/part.js';
import { readPurchase } from './interpretation/purchase.js';
import { objectAt, Reading } from './read-field.js';

const currencyOf: Readonly<Record<string, string>> = {
  il: 'ILS',
  co: 'USD',
  se: 'SEK',
  ru: 'RUB',
  kz: 'KZT',
};
const branches = Object.keys(currencyOf);
const currencies = Object.values(currencyOf);
const statuses = ['active', 'completed', 'issue', 'canceled'];
const processors = ['stripe', 'paypal', 'tbank', 'bill', 'bit', 'paybox'];

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads an order out of a shop body. Total: whatever the body holds, an order comes out; what is unknown or unusable is
 * kept as received or left empty and named in `warnings`, nothing is replaced by a default that could be taken for a
 * fact.
 */
export function readOrder(body: Json, orderId: string): OrderContent {
  const reading = new Reading();
  const [order, form] = [objectAt(body, 'order'), Part.of(objectAt(body, 'form'), '', reading)];
  // What concerns money and the message comes first: there is room for so many warnings only.
  const payment = readPayment(order, form, orderId, reading);
  const client = readClient(form);
  const purchase = readPurchase(form, reading);
  const entryDate = form.part('entry').day('date');
  const applicants = readApplicants(form, reading);
  const content = {
    ...payment,
    ...client,
    clientSex: applicants.sex,
    ...purchase,
    visaQuantity: readQuantity(form, applicants),
    entryDate,
    applicants: applicants.bytes,
    details: readDetails(Part.of(order, '', reading), form, reading),
  };
  return { ...content, warnings: reading.warnings };
}

function readPayment(order: Json, form: Part, orderId: string, reading: Reading) {
  const branch = readBranch(order, orderId, reading);
  const currency = reading.text(order, 'currency', 'currency')?.toUpperCase() ?? null;
  const paymentProcessor = reading.text(order, 'payment_processor', 'payment_processor');
  const content = {
    formId: reading.text(order, 'form_id', 'form_id') ?? reading.text(form.object, 'id', 'form.id'),
    branch,
    domain: reading.text(order, 'domain', 'domain'),
    paymentProcessor: known(paymentProcessor, processors, 'payment_processor', reading),
    paymentId: reading.label(order, 'payment_id', 'payment_id'),
    amount: reading.money(order, 'amount', 'amount'),
    currency: known(currency, currencies, 'currency', reading),
    orderStatus: known(reading.text(order, 'status', 'status'), statuses, 'status', reading),
  };
  const usual = currencyOf[branch];
  if (currencies.includes(currency ?? '') && branches.includes(branch) && currency !== usual)
    reading.warn('currency', 'not-of-branch');
  if (!['', orderId].includes(form.text('orderId') ?? '')) form.warn('orderId', 'differs-from-order');
  return content;
}

/** The branch decides who is messaged in which language, so it is taken from what was said, never assumed. */
function readBranch(order: Json, orderId: string, reading: Reading): string {
  const said = reading.word(order, 'branch', 'branch');
  const prefix = /^([A-Za-z]{2})\d{6}/.exec(orderId)?.[1]?.toLowerCase();
  const ofId = prefix !== undefined && branches.includes(prefix) ? prefix : undefined;
  if (said === null) {
    reading.warn('branch', 'missing');
    return ofId ?? 'unknown';
  }
  if (ofId !== undefined && ofId !== said) reading.warn('branch', 'differs-from-order-id');
  return known(said, branches, 'branch', reading) ?? 'unknown';
}

function readClient(form: Part) {
  const client = form.part('client');
  const phone = parsePhone(client.object['phone']);
  if (!phone.valid) form.warn('phone', 'invalid');
  const clientName = client.text('name', 300);
  if (clientName === null) client.warn('name', 'missing');
  return {
    clientName,
    clientEmail: client.text('email', 320),
    clientPhone: phone.e164,
    // Only a plain yes is consent; what is neither yes nor no is warned of.
    whatsappAlertsEnabled: client.flag('whatsappAlertsEnabled') === true,
  };
}

/** What was bought. The people on the form count where the form says nothing, not where it says something odd. */
function readQuantity(form: Part, { count }: ReadApplicants): number | null {
  const quantity = form.count('quantity', 1_000);
  if (quantity === null && form.isFilled('quantity')) return null;
  if (quantity === null || quantity === 0) {
    form.warn('quantity', 'missing');
    return count || null;
  }
  if (count > 0 && quantity !== count) form.warn('quantity', 'differs-from-applicants');
  return quantity;
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
