import { evisa, nextDay, price, type Product } from './product.js';

const indonesia = {
  ...evisa,
  country: 'indonesia',
  intent: 'general',
  valid_since: 'entry',
  wait: 5,
  days_to_use: 90,
  photo_types: ['face', 'passport', 'bank'],
} as const;
const indonesiaLong = { ...indonesia, entries: 'multiple', stay_limit: 60 } as const;

const indonesian: readonly Product[] = [
  { ...indonesia, name: 'indonesia_2_months', price: price(549), entries: 'single', validity: '2_months' },
  { ...indonesiaLong, name: 'indonesia_year', price: price(1099), validity: 'year' },
  { ...indonesiaLong, name: 'indonesia_2_years', price: price(2190), validity: '2_years' },
  { ...indonesiaLong, name: 'indonesia_5_years', price: price(5490), validity: '5_years' },
];

const togo = {
  ...evisa,
  country: 'togo',
  intent: 'tourism',
  valid_since: 'specified',
  wait: 3,
  urgencies: nextDay,
} as const;

const togolese: readonly Product[] = [
  { ...togo, name: 'togo_15_days_single', price: price(299), entries: 'single', validity: '15_days' },
  { ...togo, name: 'togo_15_days_multi', price: price(349), entries: 'multiple', validity: '2_weeks' },
  { ...togo, name: 'togo_month', price: price(399), entries: 'multiple', validity: 'month' },
  { ...togo, name: 'togo_3_months', price: price(499), entries: 'multiple', validity: '3_months' },
];

const thailand = {
  ...evisa,
  country: 'thailand',
  valid_since: 'approval',
  photo_types: ['face', 'passport', 'address_proof', 'bank', 'occupation'],
} as const;
const thaiTourism = { ...thailand, intent: 'tourism', wait: 10, stay_limit: 60 } as const;

const thai: readonly Product[] = [
  { ...thaiTourism, name: 'thailand_3_months', price: price(399), entries: 'single', validity: '3_months' },
  { ...thaiTourism, name: 'thailand_6_months', price: price(799), entries: 'multiple', validity: '6_months' },
  {
    ...thailand,
    name: 'thailand_5_years',
    docName: 'DTV',
    price: price(1990),
    intent: 'general',
    entries: 'multiple',
    validity: '5_years',
    wait: 21,
    stay_limit: 180,
    consulate_payment_countries: ['ISR', 'RUS'],
  },
];

const schengen: Product = {
  name: 'schengen',
  country: 'schengen',
  docType: 'visa',
  docName: 'Schengen Visa (Type C)',
  price: price(599),
  intent: 'tourism',
  entries: 'multiple',
  validity: '3_months',
  valid_since: 'approval',
  wait: 30,
  six_months_stay_limit: 90,
  fee_partial: true,
  instructions: [],
  urgencies: [{ speed: '5_15_days', fee: price(399), isAppointment: true }],
};

export const moreVisas: readonly Product[] = [...indonesian, ...togolese, ...thai, schengen];
