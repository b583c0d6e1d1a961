import { evisa, fewHours, nextDay, productsOf } from './product.js';

const indiaYears = { entries: 'multiple', validSince: 'approval' } as const;

const india = productsOf({ country: 'india', ...evisa, wait: 3, urgencies: [nextDay] }, [
  {
    name: 'india_tourist_month',
    intent: 'tourism',
    entries: 'double',
    validity: 'month',
    validSince: 'entry',
    daysToUse: 30,
    prices: { ils: 179 },
  },
  {
    name: 'india_tourist_year',
    ...indiaYears,
    intent: 'tourism',
    validity: 'year',
    stayLimit: 90,
    calendarStayLimit: 180,
    prices: { ils: 249, usd: 69, sek: 699, rub: 6_990, kzt: 42_990 },
  },
  {
    name: 'india_tourist_5_years',
    ...indiaYears,
    intent: 'tourism',
    validity: '5_years',
    stayLimit: 90,
    calendarStayLimit: 180,
    prices: { ils: 399 },
  },
  {
    name: 'india_business_year',
    ...indiaYears,
    intent: 'business',
    validity: 'year',
    stayLimit: 180,
    prices: { ils: 399 },
  },
]);

const sriLanka = productsOf({ country: 'sri_lanka', ...evisa, wait: 2, urgencies: [fewHours] }, [
  {
    name: 'sri_lanka_month',
    intent: 'tourism',
    entries: 'double',
    validity: 'month',
    validSince: 'entry',
    daysToUse: 180,
    prices: { ils: 299 },
  },
]);

const tourist = { intent: 'tourism', validity: '3_months', validSince: 'specified' } as const;
const business = { ...tourist, intent: 'business' } as const;

const vietnam = productsOf(
  {
    country: 'vietnam',
    ...evisa,
    wait: 7,
    urgencies: [
      { speed: '5_days', fee: { ils: 149 } },
      { speed: '3_days', fee: { ils: 299 } },
      { speed: '1_2_days', fee: { ils: 399 } },
    ],
  },
  [
    { name: 'vietnam_3_months_single', ...tourist, entries: 'single', prices: { ils: 199 } },
    { name: 'vietnam_3_months_multi', ...tourist, entries: 'multiple', prices: { ils: 299 } },
    { name: 'vietnam_3_months_single_business', ...business, entries: 'single', prices: { ils: 299 } },
    { name: 'vietnam_3_months_multi_business', ...business, entries: 'multiple', prices: { ils: 399 } },
  ],
);

const korea = productsOf(
  {
    country: 'korea',
    docType: 'eta',
    docName: 'K-ETA',
    intent: 'general',
    entries: 'multiple',
    validSince: 'approval',
    wait: 3,
    urgencies: [nextDay],
  },
  [
    {
      name: 'korea_3_years',
      validity: '3_years',
      stayLimit: 60,
      prices: { ils: 99 },
      variations: [
        { type: 'stay_limit', limit: 30 },
        { type: 'validity', validity: '2_years', nationalities: ['ISR'] },
      ],
    },
    {
      name: 'korea_3_years_30_stay',
      validity: '3_years',
      stayLimit: 30,
      prices: { ils: 99 },
      replaces: 'korea_3_years',
    },
    {
      name: 'korea_2_years',
      validity: '2_years',
      stayLimit: 60,
      prices: { ils: 99 },
      replaces: 'korea_3_years',
    },
  ],
);

const cambodia = productsOf({ country: 'cambodia', ...evisa, wait: 5 }, [
  {
    name: 'cambodia_month',
    intent: 'tourism',
    entries: 'single',
    validity: 'month',
    validSince: 'entry',
    daysToUse: 90,
    prices: { ils: 199 },
  },
]);

const indonesia = productsOf(
  { country: 'indonesia', ...evisa, intent: 'general', validSince: 'entry', wait: 5, daysToUse: 90 },
  [
    { name: 'indonesia_2_months', entries: 'single', validity: '2_months', prices: { ils: 549 } },
    {
      name: 'indonesia_year',
      entries: 'multiple',
      validity: 'year',
      stayLimit: 60,
      prices: { ils: 1_099 },
    },
    {
      name: 'indonesia_2_years',
      entries: 'multiple',
      validity: '2_years',
      stayLimit: 60,
      prices: { ils: 2_190 },
    },
    {
      name: 'indonesia_5_years',
      entries: 'multiple',
      validity: '5_years',
      stayLimit: 60,
      prices: { ils: 5_490 },
    },
  ],
);

const thailand = productsOf({ country: 'thailand', ...evisa, wait: 10 }, [
  {
    name: 'thailand_3_months',
    entries: 'single',
    validity: '3_months',
    stayLimit: 60,
    prices: { ils: 399 },
  },
  {
    name: 'thailand_6_months',
    entries: 'multiple',
    validity: '6_months',
    stayLimit: 60,
    prices: { ils: 799 },
  },
  {
    name: 'thailand_5_years',
    docName: 'DTV',
    intent: 'general',
    validity: '5_years',
    wait: 21,
    stayLimit: 180,
    prices: { ils: 1_990 },
  },
]);

export const asianProducts = [
  ...india,
  ...sriLanka,
  ...vietnam,
  ...korea,
  ...cambodia,
  ...indonesia,
  ...thailand,
];
