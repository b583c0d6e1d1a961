import type { Reading } from '../read-field.js';
import { filled, filledList, Part } from './part.js';
import { storedJson, unknownFields, verbatim } from './stored-json.js';
import { addressOf, phoneOf, relativeOf } from './value-objects.js';

const knownOfForm = new Set([
  ...['id', 'country', 'client', 'product', 'quantity', 'urgency', 'discount', 'termsAgreed', 'orderId'],
  ...['meta', 'created_at', 'updated_at', 'applicants', 'entry', 'business', 'hotel', 'stayAddress'],
  ...['address', 'emergencyContact', 'children', 'fileTransferMethod'],
]);
const knownOfOrder = new Set([
  ...['id', 'form_id', 'branch', 'domain', 'payment_processor', 'payment_id', 'amount', 'currency'],
  ...['coupon', 'status'],
]);
const most = Number.MAX_SAFE_INTEGER;

/**
 * Everything a body says that has no column of its own, as JSON bytes in a fixed order of fields: equal bytes are equal
 * details. What was not filled in is not there.
 */
export function readDetails(order: Part, form: Part, reading: Reading): Buffer | null {
  const details = filled({
    phone: verbatim(form.part('client').object['phone'], 'client.phone', reading),
    termsAgreed: form.flag('termsAgreed'),
    coupon: couponOf(order, form),
    entry: form.read('entry', entryOf),
    business: form.read('business', businessOf),
    hotel: form.text('hotel'),
    stayAddress: form.text('stayAddress'),
    address: form.read('address', addressOf),
    emergencyContact: form.read('emergencyContact', emergencyContactOf),
    children: filledList(form.parts('children').flatMap((child) => relativeOf(child) ?? [])),
    fileTransferMethod: form.oneOf('fileTransferMethod', ['form', 'email', 'whatsapp', 'later']),
    product: verbatim(form.object['product'], 'product', reading),
    meta: verbatim(form.object['meta'], 'meta', reading),
    createdAt: form.text('created_at'),
    updatedAt: form.text('updated_at'),
    order: unknownFields(order.object, knownOfOrder, 'order.other', reading),
    other: unknownFields(form.object, knownOfForm, 'form.other', reading),
  });
  return storedJson(details, 'details', reading);
}

/** What the order was reduced by: the order's own coupon, else what the form announced. */
function couponOf(order: Part, form: Part) {
  return order.read('coupon', couponOfOrder) ?? form.read('discount', couponOfForm);
}

function couponOfOrder(coupon: Part) {
  return filled({
    code: coupon.label('code'),
    percent: percentOf(coupon, 'discount'),
    activationCount: coupon.count('activation_count', most),
    orderCount: coupon.count('order_count', most),
    expiry: coupon.text('expiry'),
    onetime: coupon.flag('onetime'),
    partner: coupon.read('partner', partnerOf),
  });
}

function partnerOf(part: Part) {
  return filled({ name: part.text('name'), email: part.text('email') });
}

function couponOfForm(discount: Part) {
  return filled({ code: discount.label('code'), percent: percentOf(discount, 'percent') });
}

function percentOf(part: Part, key: string): number | null {
  const percent = part.object[key];
  if (typeof percent === 'number' && percent >= 0 && percent <= 100) return percent;
  if (part.isFilled(key)) part.warn(key, 'not-a-percentage');
  return null;
}

function entryOf(part: Part) {
  return filled({
    date: part.day('date'),
    port: part.text('port'),
    crossing: part.read('crossing', crossingOf),
  });
}

function crossingOf(part: Part) {
  return filled({
    type: part.oneOf('type', ['land', 'sea', 'air']),
    border: part.text('border'),
    ship: part.text('ship'),
    flight: part.text('flight'),
  });
}

function businessOf(part: Part) {
  return filled({
    name: part.text('name'),
    sector: part.text('sector'),
    website: part.text('website'),
    phone: part.read('phone', phoneOf),
    address: part.read('address', addressOf),
  });
}

function emergencyContactOf(part: Part) {
  return filled({
    name: part.text('name'),
    phone: part.read('phone', phoneOf),
    address: part.read('address', addressOf),
    relation: part.text('relation'),
  });
}
