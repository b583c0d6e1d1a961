import { destinationKey, findDestination } from '../catalogue/destinations.js';
import { isKnownUrgency, isUrgent, processingDays } from '../catalogue/processing-time.js';
import { productDifferences } from '../catalogue/products.js';
import { wordKey } from '../catalogue/spelling.js';
import { findValidity } from '../catalogue/validities.js';
import type { Reading } from '../read-field.js';
import type { Part } from './part.js';

const docTypes = ['evisa', 'eta', 'visa'];
const intents = ['tourism', 'business', 'general'];
const entries = ['single', 'double', 'multiple'];
/** Business days. The slowest product takes 30; what is far beyond it is a slip, and nobody is told it. */
const longestWait = 90;

/**
 * What was bought, from the product as the shop sold it. The catalogue only warns where the order differs from it; it
 * never fills in what the order does not say.
 */
export function readPurchase(form: Part, reading: Reading) {
  const product = form.part('product');
  const country = readCountry(form, product, reading);
  const facts = {
    productName: product.text('name', 200),
    productCountry: country,
    productDocType: listed(product, 'docType', docTypes),
    productIntent: listed(product, 'intent', intents) ?? unreadable(product, 'intent'),
    productEntries: listed(product, 'entries', entries) ?? unreadable(product, 'entries'),
    ...readValidity(product),
    stayLimit: product.count('stay_limit', 100_000),
  };
  const differences = productDifferences({
    name: facts.productName,
    country: product.text('country') ?? country,
    docType: facts.productDocType,
    intent: facts.productIntent,
    entries: facts.productEntries,
    validity: facts.productValidity,
    otherValidities: otherValidities(product),
    isVaried: product.isFilled('variation_name') || product.part('replacement').object['active'] === true,
  });
  for (const difference of differences) reading.warn(...splitOnce(difference));
  return { ...facts, ...readSpeed(form, product, country) };
}

function readCountry(form: Part, product: Part, reading: Reading): string | null {
  const ofProduct = product.text('country');
  const spelled = form.text('country', 200) ?? ofProduct;
  const destination = findDestination(spelled);
  if (!destination) {
    reading.warn('country', spelled === null ? 'missing' : 'unknown');
    return spelled === null ? null : destinationKey(spelled) || null;
  }
  if (ofProduct !== null && findDestination(ofProduct) !== destination)
    reading.warn('country', 'differs-from-product');
  return destination.key;
}

function readValidity(product: Part) {
  const said = wordOf(product, 'validity');
  const validity = findValidity(said);
  if (!validity) product.warn('validity', said === null ? 'missing' : 'unknown');
  return { productValidity: validity?.key ?? said, validityDays: validity?.days ?? null };
}

function readSpeed(form: Part, product: Part, country: string | null) {
  const urgency = wordOf(form, 'urgency') ?? unreadable(form, 'urgency');
  if (!isKnownUrgency(urgency)) form.warn('urgency', 'unknown');
  const wait = product.count('wait', longestWait);
  // A time that was stated and cannot be read is not the usual one.
  const usualOf = wait === null && product.isFilled('wait') ? null : country;
  return {
    urgency,
    isUrgent: isUrgent(urgency),
    processingDays: processingDays(urgency, wait, usualOf) ?? null,
  };
}

function listed(product: Part, key: string, list: readonly string[]): string | null {
  const word = wordOf(product, key);
  if (word === null) product.warn(key, 'missing');
  else if (!list.includes(word)) product.warn(key, 'unknown');
  return word;
}

function wordOf(part: Part, key: string): string | null {
  const text = part.text(key, 200);
  return text === null ? null : wordKey(text) || text;
}

/** Silence would be taken for "nothing special"; something that cannot be read is not silence. */
function unreadable(part: Part, key: string): 'unknown' | null {
  const value = part.object[key];
  return part.isFilled(key) && typeof value !== 'string' ? 'unknown' : null;
}

function otherValidities(product: Part): string[] {
  const variations = product.object['variations'];
  if (!Array.isArray(variations)) return [];
  return product.parts('variations').flatMap((variation) => variation.word('validity') ?? []);
}

function splitOnce(warning: string): [field: string, problem: string] {
  const [field = '', problem = ''] = warning.split(':');
  return [field, problem];
}
