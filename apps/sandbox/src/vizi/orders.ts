import { between, createRandom, pick, type Random, seedOf } from '../random.js';
import { companion, makeApplicant } from './applicants.js';
import { type BranchKey, branches } from './branches.js';
import { countries, type CountryKey, countryKeys } from './countries.js';
import { formParts } from './form-parts.js';
import { oddly, type OrderContext, shopId } from './order-context.js';
import { makePurchase, type Purchase, type ShopOrder } from './purchase.js';
import { phoneAsSent } from './phones.js';
import type { Product } from './catalogue/product.js';
import { products } from './products.js';

export { countryKeys } from './countries.js';
export { phoneDigits } from './phones.js';

const defaultTime = new Date('2026-01-05T09:00:44.903Z');
const formMinutes = 860;

export interface OrderOptions {
  /** Everything that varies follows from seed and sequence: the same two make the same order. */
  readonly seed?: number;
  /** Number of the order in its branch and day: order id, form id and phone are different for each. */
  readonly sequence?: number;
  /** When it was ordered; the id carries its date. */
  readonly at?: Date;
  readonly branch?: BranchKey;
  readonly country?: CountryKey;
  /** A product of the catalogue by name, e.g. "india_tourist_year". */
  readonly product?: string;
  readonly consent?: boolean | 'missing';
  /** As the shop sends it, instead of the order's own. */
  readonly phone?: unknown;
  readonly email?: string;
  readonly applicants?: number;
  /** An order of the shop's testers: its id ends in -TEST. */
  readonly test?: boolean;
  /** Mix in the oddities of real payloads (upper-case branch, spaces, nulls, phone shapes); on unless said otherwise. */
  readonly quirks?: boolean;
}

export interface OrderForm {
  readonly [part: string]: unknown;
  readonly id: string;
  readonly country: string;
  readonly client: Readonly<{ name: string; email: string; phone: unknown; whatsappAlertsEnabled?: boolean }>;
  readonly quantity: number;
  readonly urgency: string;
  readonly applicants: readonly Readonly<Record<string, unknown>>[];
}

export interface OrderPayload {
  readonly form: OrderForm;
  readonly order: ShopOrder;
}

/** A paid order as the shop posts it (domain.md 1, A.1), of invented people. Pure: no clock, no chance. */
export function makeOrder(options: OrderOptions = {}): OrderPayload {
  const context = makeContext(options);
  const person = companion(context);
  const formId = shopId('frm', context);
  const others = Array.from({ length: (options.applicants ?? groupSize(context)) - 1 }, () =>
    companion(context),
  );
  const applicants = [person, ...others].map((one, nth) => makeApplicant(context, formId, one, nth));
  const purchase = makePurchase(context, {
    formId,
    applicants,
    test: options.test === true,
  });
  return {
    form: makeForm(context, options, { formId, name: person.name, applicants, purchase }),
    order: purchase.order,
  };
}

/** The same order with another e-mail: what a correction by the shop looks like. */
export function changeEmail({ form, order }: OrderPayload): OrderPayload {
  return { form: { ...form, client: { ...form.client, email: `changed.${form.client.email}` } }, order };
}

const mixedBranches = ['il', 'il', 'il', 'il', 'il', 'il', 'co', 'se', 'ru', 'kz'] as const;

function makeContext(options: OrderOptions): OrderContext {
  const { seed = 1, sequence = 1, at = defaultTime, quirks = true } = options;
  const random = createRandom(seedOf(seed, sequence));
  const branchKey = options.branch ?? pick(random, mixedBranches);
  const product = chooseProduct(random, options);
  const country = countries[product.country];
  return { random, sequence, at, branchKey, branch: branches[branchKey], country, product, quirks };
}

function chooseProduct(random: Random, { product: name, country }: OrderOptions): Product {
  if (name === undefined) {
    const wanted = country ?? pick(random, countryKeys);
    return pick(
      random,
      products.filter((product) => product.country === wanted),
    );
  }
  const named = products.find((product) => product.name === name);
  if (named === undefined) throw new Error(`no product is called ${name}`);
  return named;
}

interface FormParts {
  readonly formId: string;
  readonly name: string;
  readonly applicants: readonly Readonly<Record<string, unknown>>[];
  readonly purchase: Purchase;
}

function makeForm(context: OrderContext, options: OrderOptions, parts: FormParts): OrderForm {
  const { at, product, branch, branchKey } = context;
  const { formId, name, applicants, purchase } = parts;
  const extras = context.country.formParts.map((part) => [part, formParts[part](context)] as const);
  return {
    _id: at.getTime().toString(16).padStart(24, '0'),
    id: formId,
    country: product.country,
    client: makeClient(context, options, name),
    product,
    quantity: purchase.quantity,
    urgency: purchase.urgency,
    termsAgreed: true,
    orderId: null,
    ...(purchase.discount && { discount: purchase.discount }),
    meta: {
      url: `https://${branch.domain}/visas/${product.country}/apply`,
      branch: branchKey,
      domain: branch.domain,
      referrer: '',
      step: 5,
      completion: 1,
      resumed: oddly(context, 0.2),
      timestamp: at.getTime(),
      clientIp: '',
      revision: between(context.random, 4, 6),
    },
    created_at: new Date(at.getTime() - formMinutes * 60_000).toISOString(),
    updated_at: at.toISOString(),
    ...Object.fromEntries(extras.filter(([, value]) => value !== undefined)),
    applicants,
  };
}

function makeClient(context: OrderContext, options: OrderOptions, name: string): OrderForm['client'] {
  const { sequence, branchKey, quirks, random } = context;
  const consent =
    options.consent ?? pick(random, [true, true, true, true, true, true, false, 'missing'] as const);
  const address = `order.${branchKey}.${sequence}@example.test`;
  return {
    name: oddly(context, 0.3) ? `${name} ` : name,
    email: options.email ?? (oddly(context, 0.1) ? address.replace('order', 'Order') : address),
    // A phone given as null is sent as null.
    phone: 'phone' in options ? options.phone : phoneAsSent(branchKey, sequence, quirks ? random : undefined),
    ...(consent !== 'missing' && { whatsappAlertsEnabled: consent }),
  };
}

function groupSize({ random }: OrderContext): number {
  return pick(random, [1, 1, 2, 2, 3]);
}
