type Json = { readonly [key: string]: unknown };

const passport = {
  nationality: 'ISR',
  firstName: 'DANA',
  lastName: 'LEDUGMA',
  sex: 'f',
  dateOfBirth: '1990-04-01',
  countryOfBirth: 'ISR',
  number: 'X00000001',
  dateOfIssue: '2021-02-10',
  dateOfExpiry: '2031-02-09',
  placeOfIssue: 'ISR',
};

const product = {
  name: 'india_tourist_year',
  country: 'india',
  docType: 'evisa',
  docName: 'eVisa',
  entries: 'multiple',
  intent: 'tourism',
  validity: 'year',
  valid_since: 'approval',
  wait: 3,
  stay_limit: 90,
  calendar_stay_limit: 180,
  price: { ils: 249, usd: 69, sek: 699, rub: 6990, kzt: 42990 },
  instructions: ['stay_reset', 'print', '2_passport_pages', 'return_ticket'],
};

const form = {
  _id: '66c000000000000000000a01',
  id: 'frm_Ab3dEf6hIj9k',
  country: 'india',
  client: {
    name: 'דנה לדוגמה ',
    email: 'dana.example@example.test',
    phone: { code: '972', number: '0500000001' },
    whatsappAlertsEnabled: true,
  },
  product,
  quantity: 2,
  urgency: 'none',
  termsAgreed: true,
  orderId: null,
  meta: { url: 'https://visanet.co.il/visas/india/apply', branch: 'il', step: 5, completion: 1 },
  entry: { date: '2026-03-05', port: null },
  fileTransferMethod: 'form',
  applicants: [
    { id: 'apl_Zy9xWv6uTs3r', passport, religion: 'judaism', crime: '' },
    { id: 'apl_Qw2eRt5yUi8o', passport: { ...passport, sex: 'm', firstName: 'AVI' } },
  ],
};

const order = {
  id: 'IL260105IN10',
  form_id: 'frm_Ab3dEf6hIj9k',
  branch: 'IL',
  domain: 'visanet.co.il',
  payment_processor: 'stripe',
  payment_id: 'pi_TESTTESTTESTTESTTEST0001',
  amount: 498,
  currency: 'ILS',
  coupon: null,
  status: 'active',
};

/**
 * The master order of the shop: India for a year, branch il, two applicants, all invented. `changes` are laid over it
 * object by object; a value of undefined takes the key away, an empty object stands for itself.
 */
export function viziOrder(changes: Json = {}): { readonly form: Json; readonly order: Json } {
  return overlay({ form, order }, changes) as { form: Json; order: Json };
}

function overlay(base: Json, changes: Json): Json {
  const merged = Object.entries({ ...base, ...changes }).map(([key, changed]) => {
    const before = base[key];
    const isDeeper = isPlain(before) && isPlain(changed) && Object.keys(changed).length > 0 && key in changes;
    return [key, isDeeper ? overlay(before, changed) : changed] as const;
  });
  return Object.fromEntries(merged.filter(([, value]) => value !== undefined));
}

function isPlain(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
