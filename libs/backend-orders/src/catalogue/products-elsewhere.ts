import { evisa, fewHours, nextDay, productsOf } from './product.js';

const canada = productsOf({ country: 'canada', docType: 'eta', docName: 'eTA', wait: 3 }, [
  {
    name: 'canada_5_years',
    intent: 'general',
    entries: 'multiple',
    validity: '5_years',
    validSince: 'approval',
    stayLimit: 180,
    prices: { ils: 99 },
    urgencies: [fewHours],
  },
]);

const morocco = productsOf({ country: 'morocco', ...evisa, wait: 3 }, [
  {
    name: 'morocco_tourist_6_months',
    intent: 'tourism',
    entries: 'single',
    validity: '6_months',
    validSince: 'approval',
    stayLimit: 30,
    prices: { ils: 399 },
    urgencies: [{ speed: 'next_day', fee: { ils: 199 } }],
  },
]);

const newZealand = productsOf({ country: 'new_zealand', docType: 'eta', docName: 'NZeTA', wait: 2 }, [
  {
    name: 'new_zealand_2_years',
    intent: 'tourism',
    entries: 'multiple',
    validity: '2_years',
    validSince: 'approval',
    stayLimit: 90,
    prices: { ils: 229 },
    urgencies: [nextDay],
  },
]);

const usa = productsOf({ country: 'usa', docType: 'eta', docName: 'ESTA', wait: 3 }, [
  {
    name: 'usa_2_years',
    intent: 'general',
    entries: 'multiple',
    validity: '2_years',
    validSince: 'approval',
    stayLimit: 90,
    prices: { ils: 159 },
    urgencies: [nextDay],
  },
]);

const israel = productsOf({ country: 'israel', docType: 'eta', docName: 'ETA-IL', wait: 3 }, [
  {
    name: 'israel_2_years',
    intent: 'general',
    entries: 'multiple',
    validity: '2_years',
    validSince: 'approval',
    stayLimit: 90,
    prices: { ils: 99, rub: 2_990 },
    urgencies: [nextDay],
  },
]);

const saudiArabia = productsOf(
  {
    country: 'saudi_arabia',
    ...evisa,
    intent: 'tourism',
    entries: 'multiple',
    validSince: 'approval',
    wait: 3,
    stayLimit: 90,
    urgencies: [nextDay],
  },
  [
    {
      name: 'saudi_arabia_year',
      validity: 'year',
      prices: { ils: 549 },
      // Eighteen nationalities; these two are the ones known to us.
      variations: [
        { type: 'validity', validity: '6_months', nationalities: ['RUS', 'KAZ'] },
        { type: 'fee', fee: { ils: 180 }, age: 60 },
      ],
    },
    {
      name: 'saudi_arabia_6_months',
      validity: '6_months',
      prices: { ils: 549 },
      replaces: 'saudi_arabia_year',
    },
  ],
);

const bahrain = productsOf({ country: 'bahrain', ...evisa, validSince: 'entry', wait: 5, daysToUse: 90 }, [
  { name: 'bahrain_2_weeks', entries: 'single', validity: '2_weeks', prices: { ils: 199 } },
  {
    name: 'bahrain_3_months',
    entries: 'multiple',
    validity: '3_months',
    stayLimit: 30,
    prices: { ils: 299 },
  },
  // As the shop lists them, though the two look swapped.
  {
    name: 'bahrain_year',
    entries: 'multiple',
    validity: 'year',
    stayLimit: 90,
    prices: { ils: 149, usd: 599 },
  },
]);

const uk = productsOf({ country: 'uk', docType: 'eta', docName: 'UK-ETA', wait: 3 }, [
  {
    name: 'uk_2_years',
    intent: 'tourism',
    entries: 'multiple',
    validity: '2_years',
    validSince: 'entry',
    stayLimit: 180,
    daysToUse: 180,
    prices: { ils: 179 },
    urgencies: [fewHours],
  },
]);

const togo = productsOf(
  { country: 'togo', ...evisa, validSince: 'specified', wait: 3, urgencies: [nextDay] },
  [
    { name: 'togo_15_days_single', entries: 'single', validity: '15_days', prices: { ils: 299 } },
    { name: 'togo_15_days_multi', entries: 'multiple', validity: '2_weeks', prices: { ils: 349 } },
    { name: 'togo_month', validity: 'month', prices: { ils: 399 } },
    { name: 'togo_3_months', validity: '3_months', prices: { ils: 499 } },
  ],
);

const schengen = productsOf(
  { country: 'schengen', docType: 'visa', docName: 'Schengen Visa (Type C)', wait: 30 },
  [
    {
      name: 'schengen',
      validity: '3_months',
      sixMonthsStayLimit: 90,
      prices: { ils: 599 },
      urgencies: [{ speed: '5_15_days', fee: { ils: 399 }, isAppointment: true }],
    },
  ],
);

export const otherProducts = [
  ...canada,
  ...morocco,
  ...newZealand,
  ...usa,
  ...israel,
  ...saudiArabia,
  ...bahrain,
  ...uk,
  ...togo,
  ...schengen,
];
