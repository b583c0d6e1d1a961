import { evisa, fewHours, nextDay, photos, price, type Product } from './product.js';

const india = { ...evisa, country: 'india', intent: 'tourism', wait: 3, urgencies: nextDay } as const;
const indiaLong = { ...india, entries: 'multiple', valid_since: 'approval' } as const;
const indiaTourism = { ...indiaLong, stay_limit: 90, calendar_stay_limit: 180 } as const;

const indian: readonly Product[] = [
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
    ...indiaTourism,
    name: 'india_tourist_year',
    price: { ils: 249, usd: 69, sek: 699, rub: 6990, kzt: 42990 },
    validity: 'year',
  },
  { ...indiaTourism, name: 'india_tourist_5_years', price: price(399), validity: '5_years' },
  {
    ...indiaLong,
    name: 'india_business_year',
    price: price(399),
    intent: 'business',
    validity: 'year',
    stay_limit: 180,
    photo_types: [...photos, 'card', 'invitation'],
  },
];

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
const business = { ...vietnam, intent: 'business' } as const;

const vietnamese: readonly Product[] = [
  { ...vietnam, name: 'vietnam_3_months_single', price: price(199), intent: 'tourism', entries: 'single' },
  { ...vietnam, name: 'vietnam_3_months_multi', price: price(299), intent: 'tourism', entries: 'multiple' },
  { ...business, name: 'vietnam_3_months_single_business', price: price(299), entries: 'single' },
  { ...business, name: 'vietnam_3_months_multi_business', price: price(399), entries: 'multiple' },
];

const saudi = {
  ...evisa,
  country: 'saudi_arabia',
  intent: 'tourism',
  entries: 'multiple',
  valid_since: 'approval',
  wait: 3,
  stay_limit: 90,
  urgencies: nextDay,
} as const;
const elders = {
  type: 'fee',
  name: 'fee_60_plus',
  fee: price(180),
  dependency: 'min_age',
  age: 60,
} as const;

const saudiArabian: readonly Product[] = [
  {
    ...saudi,
    name: 'saudi_arabia_year',
    price: price(549),
    validity: 'year',
    variations: [
      {
        type: 'validity',
        name: 'validity_6_months_by_nationality',
        validity: '6_months',
        dependency: 'nationality',
        nationalities: ['RUS', 'KAZ'],
      },
      elders,
    ],
  },
  {
    ...saudi,
    name: 'saudi_arabia_6_months',
    price: price(549),
    validity: '6_months',
    variations: [elders],
    variation_name: 'validity_6_months_by_nationality',
    replacement: { active: false },
  },
];

const bahrain = {
  ...evisa,
  country: 'bahrain',
  intent: 'tourism',
  valid_since: 'entry',
  wait: 5,
  days_to_use: 90,
  photo_types: ['passport', 'return_ticket', 'booking'],
} as const;

const bahraini: readonly Product[] = [
  { ...bahrain, name: 'bahrain_2_weeks', price: price(199), entries: 'single', validity: '2_weeks' },
  {
    ...bahrain,
    name: 'bahrain_3_months',
    price: price(299),
    entries: 'multiple',
    validity: '3_months',
    stay_limit: 30,
  },
  // As the shop lists them, though the two look swapped.
  {
    ...bahrain,
    name: 'bahrain_year',
    price: { ...price(149), usd: 599 },
    entries: 'multiple',
    validity: 'year',
    stay_limit: 90,
  },
];

const others: readonly Product[] = [
  {
    ...evisa,
    name: 'sri_lanka_month',
    country: 'sri_lanka',
    price: price(299),
    intent: 'tourism',
    entries: 'double',
    validity: 'month',
    valid_since: 'entry',
    wait: 2,
    days_to_use: 180,
    photo_types: undefined,
    urgencies: fewHours,
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
  {
    ...evisa,
    name: 'cambodia_month',
    country: 'cambodia',
    price: price(199),
    intent: 'tourism',
    entries: 'single',
    validity: 'month',
    valid_since: 'entry',
    wait: 5,
    days_to_use: 90,
    photo_types: ['passport'],
  },
];

export const visas: readonly Product[] = [...indian, ...vietnamese, ...saudiArabian, ...bahraini, ...others];
