import type { Currency } from './branches.js';
import type { CountryKey } from './countries.js';

export type Price = Readonly<Record<Currency, number>>;

export interface Urgency {
  readonly speed: string;
  readonly fee: Price;
}

/** The product as a form carries it (domain.md 1.7); keys in the shop's spelling. */
export interface Product {
  readonly name: string;
  readonly country: CountryKey;
  readonly docType: string;
  readonly docName: string;
  readonly entries: 'single' | 'double' | 'multiple';
  readonly intent: 'tourism' | 'business' | 'general';
  readonly validity: string;
  readonly valid_since: 'approval' | 'entry' | 'specified';
  readonly wait: number;
  readonly price: Price;
  readonly photo_types: readonly string[];
  readonly instructions: readonly string[];
  readonly urgencies?: readonly Urgency[];
  readonly stay_limit?: number;
  readonly calendar_stay_limit?: number;
  readonly days_to_use?: number;
}

const photos = ['face', 'passport'];
const instructions = ['stay_reset', 'print', '2_passport_pages', 'return_ticket'];

/** Only the shekel prices are known (domain.md 1.8); the others keep the relation of the one product with all five. */
function price(ils: number): Price {
  return { ils, usd: Math.round(ils / 3.6), sek: Math.round(ils * 2.8), rub: ils * 28, kzt: ils * 172 };
}

const usualFee: Price = { ils: 99, usd: 25, sek: 290, rub: 1990, kzt: 11990 };
const nextDay: Urgency[] = [{ speed: 'next_day', fee: usualFee }];

const evisa = { docType: 'evisa', docName: 'eVisa', photo_types: photos, instructions } as const;
const india = { ...evisa, country: 'india', wait: 3, urgencies: nextDay, intent: 'tourism' } as const;
const vietnam = {
  ...evisa,
  country: 'vietnam',
  wait: 7,
  validity: '3_months',
  valid_since: 'specified',
  urgencies: [
    { speed: '5_days', fee: price(149) },
    { speed: '3_days', fee: price(299) },
    { speed: '1_2_days', fee: price(399) },
  ],
} as const;

export const products: readonly Product[] = [
  {
    ...india,
    name: 'india_tourist_month',
    price: price(179),
    entries: 'double',
    validity: 'month',
    valid_since: 'entry',
    days_to_use: 30,
  },
  {
    ...india,
    name: 'india_tourist_year',
    price: { ils: 249, usd: 69, sek: 699, rub: 6990, kzt: 42990 },
    entries: 'multiple',
    validity: 'year',
    valid_since: 'approval',
    stay_limit: 90,
    calendar_stay_limit: 180,
  },
  {
    ...india,
    name: 'india_tourist_5_years',
    price: price(399),
    entries: 'multiple',
    validity: '5_years',
    valid_since: 'approval',
    stay_limit: 90,
    calendar_stay_limit: 180,
  },
  {
    ...india,
    name: 'india_business_year',
    price: price(399),
    intent: 'business',
    entries: 'multiple',
    validity: 'year',
    valid_since: 'approval',
    stay_limit: 180,
    photo_types: [...photos, 'card', 'invitation'],
  },
  {
    name: 'uk_2_years',
    country: 'uk',
    docType: 'eta',
    docName: 'UK-ETA',
    price: price(179),
    intent: 'tourism',
    entries: 'multiple',
    validity: '2_years',
    valid_since: 'entry',
    wait: 3,
    days_to_use: 180,
    stay_limit: 180,
    photo_types: photos,
    instructions: ['dont_print'],
    urgencies: [{ speed: 'few_hours', fee: usualFee }],
  },
  {
    ...evisa,
    name: 'morocco_tourist_6_months',
    country: 'morocco',
    price: price(399),
    intent: 'tourism',
    entries: 'single',
    validity: '6_months',
    valid_since: 'approval',
    wait: 3,
    stay_limit: 30,
    urgencies: [{ speed: 'next_day', fee: price(199) }],
  },
  { ...vietnam, name: 'vietnam_3_months_single', price: price(199), intent: 'tourism', entries: 'single' },
  { ...vietnam, name: 'vietnam_3_months_multi', price: price(299), intent: 'tourism', entries: 'multiple' },
  {
    ...vietnam,
    name: 'vietnam_3_months_single_business',
    price: price(299),
    intent: 'business',
    entries: 'single',
  },
  {
    ...vietnam,
    name: 'vietnam_3_months_multi_business',
    price: price(399),
    intent: 'business',
    entries: 'multiple',
  },
];
