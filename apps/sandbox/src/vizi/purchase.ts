import { pick } from '../random.js';
import { fieldsOf, textOf } from '../vendor.js';
import type { Urgency } from './catalogue/product.js';
import { digits, oddly, type OrderContext } from './order-context.js';

/** The `order` object of a payload (domain.md 1.3). */
export interface ShopOrder {
  readonly [extra: string]: unknown;
  readonly id: string;
  readonly form_id: string;
  readonly branch: string;
  readonly domain: string;
  readonly payment_processor: string;
  readonly payment_id: string;
  readonly amount: number;
  readonly currency: string;
  readonly coupon: unknown;
  readonly status: string;
}

export interface Purchase {
  readonly order: ShopOrder;
  readonly quantity: number;
  readonly urgency: string;
  readonly discount: { code: string; percent: number } | undefined;
}

type Applicant = Readonly<Record<string, unknown>>;

/** What was bought and paid: amount = price x quantity + fees (urgency, age) - discount. */
export function makePurchase(
  context: OrderContext,
  { formId, applicants, test }: { formId: string; applicants: readonly Applicant[]; test: boolean },
): Purchase {
  const { random, product, branch, branchKey } = context;
  // Seen now and then: more bought than travellers filled in.
  const quantity = oddly(context, 0.03) ? applicants.length + 1 : applicants.length;
  const urgency = chooseUrgency(context);
  const discount = random() < 0.08 ? { code: 'EXAMPLE10', percent: 10 } : undefined;
  const processor = pick(random, branch.processors);
  const order: ShopOrder = {
    id: orderId(context, test),
    form_id: formId,
    branch: oddly(context, 0.15) ? branchKey.toUpperCase() : branchKey,
    domain: branch.domain,
    payment_processor: processor,
    payment_id: paymentId(context, processor),
    amount: amountOf(
      product.price[branch.currency] * quantity +
        (urgency?.fee[branch.currency] ?? 0) +
        feesByAge(context, applicants),
      discount,
    ),
    currency: branch.currency.toUpperCase(),
    coupon: discount === undefined ? null : coupon(discount),
    status: 'active',
    ...(oddly(context, 0.2) && { _id: digits(random, 24), updated_at: context.at.toISOString() }),
  };
  return { order, quantity, urgency: urgency?.speed ?? 'none', discount };
}

/** One in four pays to be faster, where the product can be. */
function chooseUrgency({ random, product }: OrderContext): Urgency | undefined {
  const { urgencies } = product;
  return random() < 0.25 && urgencies !== undefined ? pick(random, urgencies) : undefined;
}

/** Some products cost more from an age on, for each traveller of that age. */
function feesByAge({ product, branch, at }: OrderContext, applicants: readonly Applicant[]): number {
  const fees = (product.variations ?? []).flatMap((one) => (one.type === 'fee' ? one : []));
  const births = applicants.map(({ passport }) => textOf(fieldsOf(passport)['dateOfBirth']) ?? '');
  const each = fees.flatMap(({ fee, age }) => {
    const bornUntil = new Date(at);
    bornUntil.setUTCFullYear(at.getUTCFullYear() - age);
    const limit = bornUntil.toISOString().slice(0, 10);
    return births.filter((born) => born !== '' && born <= limit).map(() => fee[branch.currency]);
  });
  return each.reduce((sum, fee) => sum + fee, 0);
}

function amountOf(full: number, discount: Purchase['discount']): number {
  return discount === undefined ? full : Math.round(full * (100 - discount.percent)) / 100;
}

/** `<BR><YYMMDD><CC><n>[-TEST]` (domain.md 1.4). */
function orderId({ branchKey, at, country, sequence }: OrderContext, test: boolean): string {
  const day = at.toISOString().slice(2, 10).replaceAll('-', '');
  return `${branchKey.toUpperCase()}${day}${country.code}${sequence}${test ? '-TEST' : ''}`;
}

/** Each processor has its own shape. */
function paymentId({ random, sequence }: OrderContext, processor: string): string {
  const number = String(sequence).padStart(10, '0');
  switch (processor) {
    case 'stripe':
      return `pi_TESTTESTTESTTEST${number}`;
    case 'paypal':
      return `PAYID${number}TEST`;
    case 'bit':
      return `${digits(random, 4)}-${digits(random, 4)}-${digits(random, 5)}`;
    default:
      return number;
  }
}

function coupon({ code, percent }: { code: string; percent: number }): unknown {
  return {
    code,
    discount: percent,
    activation_count: 10,
    order_count: 3,
    expiry: '2030-01-01T00:00:00.000Z',
    onetime: false,
    partner: { name: 'Example Partner', email: 'partner@example.test' },
  };
}
