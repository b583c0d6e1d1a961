import { readInstant, type Stated } from './stated.js';

type Json = Readonly<Record<string, unknown>>;

/** Columns that hold a part of the first applicant, with the name of that part on a form. */
const partsOfFirst = [
  ['passport_data', 'passport'],
  ['extra_nationality_data', 'extraNationality'],
  ['address_data', 'address'],
  ['family_data', 'family'],
  ['occupation_data', 'occupation'],
  ['military_data', 'military'],
  ['past_travels_data', 'pastTravels'],
] as const;

/**
 * A row of the `orders` table of the system used before, as the body that the shop had sent for it, so that one
 * interpretation reads both. Only what the row says: what that system had derived (days, deadlines, flags) is left to
 * the interpretation, and what it does not know stays unsaid.
 */
export function bodyOfOldRow(stated: Stated): { readonly form: Json; readonly order: Json } {
  const coupon = stated.object('coupon_data');
  // That column took the order's coupon or, without one, what the form announced; the form counts in `percent`.
  const isOfForm = coupon !== undefined && 'percent' in coupon;
  return {
    form: formOf(stated, isOfForm ? coupon : undefined),
    order: defined({
      id: stated.text('order_id'),
      form_id: stated.text('form_id'),
      branch: stated.text('branch'),
      domain: stated.text('domain'),
      payment_processor: stated.text('payment_processor'),
      payment_id: stated.text('payment_id'),
      amount: stated.number('amount'),
      currency: stated.text('currency'),
      coupon: isOfForm ? undefined : coupon,
      status: stated.text('order_status'),
    }),
  };
}

function formOf(stated: Stated, discount: Json | undefined): Json {
  const product = stated.object('product_data');
  return defined({
    // Everything of the form that had no column of its own.
    ...stated.object('extra_data'),
    id: stated.text('form_id'),
    country: stated.text('product_country'),
    client: clientOf(stated),
    product: productOf(stated, product),
    quantity: stated.number('visa_quantity'),
    urgency: product?.['urgency'] ?? (stated.flag(['is_urgent']) === true ? 'urgent' : undefined),
    discount,
    entry: defined({ date: dayOf(stated.text('entry_date')), port: stated.text('entry_port') }),
    business: stated.object('business_data'),
    emergencyContact: stated.object('emergency_contact_data'),
    fileTransferMethod: stated.text('file_transfer_method'),
    meta: stated.object('form_meta_data'),
    applicants: applicantsOf(stated),
  });
}

function clientOf(stated: Stated): Json {
  const phone = stated.text('client_phone');
  return defined({
    name: stated.text('client_name'),
    email: stated.text('client_email'),
    // Digits of the whole international number.
    phone: phone === undefined ? undefined : `+${String(phone).replace(/^\+/, '')}`,
    whatsappAlertsEnabled: stated.flag(['whatsapp_alerts_enabled']),
  });
}

function productOf(stated: Stated, product: Json = {}): Json {
  const { doc_type: docType, doc_name: docName, urgency: _ofForm, ...asSold } = product;
  return defined({
    ...asSold,
    country: product['country'] ?? stated.text('product_country'),
    docType: docType ?? stated.text('product_doc_type'),
    docName: docName ?? stated.text('product_doc_name'),
    intent: product['intent'] ?? stated.text('product_intent'),
    entries: product['entries'] ?? stated.text('product_entries'),
    validity: product['validity'] ?? stated.text('product_validity'),
    wait: product['wait'] ?? stated.number('processing_days'),
  });
}

/** The first applicant stood in columns of his own as well; those count only where the whole list is missing. */
function applicantsOf(stated: Stated): readonly unknown[] | undefined {
  const all = stated.list('applicants_data');
  if (all && all.length > 0) return all;
  const files = defined({
    ...stated.object('files_data'),
    face: stated.text('face_url'),
    passport: stated.text('passport_url'),
  });
  const first = defined({
    ...Object.fromEntries(partsOfFirst.map(([column, part]) => [part, stated.object(column)])),
    files: Object.keys(files).length > 0 ? files : undefined,
  });
  return Object.keys(first).length > 0 ? [first] : undefined;
}

/** Days were kept as midnight in UTC, and a copy of the table may write that in another zone. */
function dayOf(value: unknown): unknown {
  return readInstant(value)?.toISOString().slice(0, 10) ?? value;
}

function defined(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
