import { fewHours, nextDay, photos, price, type Product } from './product.js';

const permit = {
  docType: 'eta',
  intent: 'general',
  entries: 'multiple',
  valid_since: 'approval',
  wait: 3,
  instructions: ['dont_print'],
  photo_types: photos,
  urgencies: nextDay,
} as const;

const korea = { ...permit, country: 'korea', docName: 'K-ETA', price: price(99), stay_limit: 60 } as const;

const korean: readonly Product[] = [
  {
    ...korea,
    name: 'korea_3_years',
    validity: '3_years',
    variations: [
      {
        type: 'stay_limit',
        name: 'stay_limit_by_nationality',
        limit: 30,
        dependency: 'nationality',
        nationalities: ['KAZ', 'ZAF'],
      },
      {
        type: 'validity',
        name: 'validity_2_years_by_nationality',
        validity: '2_years',
        dependency: 'nationality',
        nationalities: ['ISR'],
      },
    ],
  },
  {
    ...korea,
    name: 'korea_3_years_30_stay',
    validity: '3_years',
    stay_limit: 30,
    variation_name: 'stay_limit_by_nationality',
    replacement: { active: false },
  },
  {
    ...korea,
    name: 'korea_2_years',
    validity: '2_years',
    variation_name: 'validity_2_years_by_nationality',
    replacement: { active: false },
  },
];

/** What is asked for on arrival without being a visa. */
export const travelPermits: readonly Product[] = [
  {
    ...permit,
    name: 'canada_5_years',
    country: 'canada',
    docName: 'eTA',
    price: price(99),
    validity: '5_years',
    stay_limit: 180,
    photo_types: undefined,
    urgencies: fewHours,
  },
  {
    ...permit,
    name: 'new_zealand_2_years',
    country: 'new_zealand',
    docName: 'NZeTA',
    price: price(229),
    intent: 'tourism',
    validity: '2_years',
    wait: 2,
    stay_limit: 90,
    photo_types: ['face'],
  },
  {
    ...permit,
    name: 'usa_2_years',
    country: 'usa',
    docName: 'ESTA',
    price: price(159),
    validity: '2_years',
    stay_limit: 90,
  },
  ...korean,
  {
    ...permit,
    name: 'israel_2_years',
    country: 'israel',
    docName: 'ETA-IL',
    price: { ...price(99), rub: 2990 },
    validity: '2_years',
    stay_limit: 90,
  },
  {
    ...permit,
    name: 'uk_2_years',
    country: 'uk',
    docName: 'UK-ETA',
    price: price(179),
    intent: 'tourism',
    validity: '2_years',
    valid_since: 'entry',
    days_to_use: 180,
    stay_limit: 180,
    urgencies: fewHours,
  },
];
