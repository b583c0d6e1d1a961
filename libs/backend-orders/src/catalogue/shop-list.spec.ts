import { describe, expect, it } from '@jest/globals';
import type { Prices, Product, Variation } from './product.js';
import { findProduct, products } from './products.js';

/**
 * The shop's own list: document, intent, entries and since when it is valid (`-` where we do not know it), the days of a
 * stay and of use, the speeds on sale with their fee in shekels.
 */
const list: [name: string, facts: string, days: string, speeds: string][] = [
  ['india_tourist_month', 'eVisa tourism double entry', 'use 30', 'next_day 99'],
  ['india_tourist_year', 'eVisa tourism multiple approval', 'stay 90, year 180', 'next_day 99'],
  ['india_tourist_5_years', 'eVisa tourism multiple approval', 'stay 90, year 180', 'next_day 99'],
  ['india_business_year', 'eVisa business multiple approval', 'stay 180', 'next_day 99'],
  ['canada_5_years', 'eTA general multiple approval', 'stay 180', 'few_hours 99'],
  ['sri_lanka_month', 'eVisa tourism double entry', 'use 180', 'few_hours 99'],
  ['morocco_tourist_6_months', 'eVisa tourism single approval', 'stay 30', 'next_day 199'],
  ['new_zealand_2_years', 'NZeTA tourism multiple approval', 'stay 90', 'next_day 99'],
  ...(['tourism', 'business'] as const).flatMap((intent) =>
    (['single', 'multi'] as const).map((entries): [string, string, string, string] => [
      `vietnam_3_months_${entries}${intent === 'business' ? '_business' : ''}`,
      `eVisa ${intent} ${entries === 'multi' ? 'multiple' : 'single'} specified`,
      '',
      '5_days 149, 3_days 299, 1_2_days 399',
    ]),
  ),
  ['usa_2_years', 'ESTA general multiple approval', 'stay 90', 'next_day 99'],
  ['korea_3_years', 'K-ETA general multiple approval', 'stay 60', 'next_day 99'],
  ['korea_3_years_30_stay', 'K-ETA general multiple approval', 'stay 30', 'next_day 99'],
  ['korea_2_years', 'K-ETA general multiple approval', 'stay 60', 'next_day 99'],
  ['cambodia_month', 'eVisa tourism single entry', 'use 90', ''],
  ['israel_2_years', 'ETA-IL general multiple approval', 'stay 90', 'next_day 99'],
  ['saudi_arabia_year', 'eVisa tourism multiple approval', 'stay 90', 'next_day 99'],
  ['saudi_arabia_6_months', 'eVisa tourism multiple approval', 'stay 90', 'next_day 99'],
  ['bahrain_2_weeks', 'eVisa - single entry', 'use 90', ''],
  ['bahrain_3_months', 'eVisa - multiple entry', 'stay 30, use 90', ''],
  ['bahrain_year', 'eVisa - multiple entry', 'stay 90, use 90', ''],
  ['indonesia_2_months', 'eVisa general single entry', 'use 90', ''],
  ['indonesia_year', 'eVisa general multiple entry', 'stay 60, use 90', ''],
  ['indonesia_2_years', 'eVisa general multiple entry', 'stay 60, use 90', ''],
  ['indonesia_5_years', 'eVisa general multiple entry', 'stay 60, use 90', ''],
  ['uk_2_years', 'UK-ETA tourism multiple entry', 'stay 180, use 180', 'few_hours 99'],
  ['togo_15_days_single', 'eVisa - single specified', '', 'next_day 99'],
  ['togo_15_days_multi', 'eVisa - multiple specified', '', 'next_day 99'],
  ['togo_month', 'eVisa - - specified', '', 'next_day 99'],
  ['togo_3_months', 'eVisa - - specified', '', 'next_day 99'],
  ['thailand_3_months', 'eVisa - single -', 'stay 60', ''],
  ['thailand_6_months', 'eVisa - multiple -', 'stay 60', ''],
  ['thailand_5_years', 'DTV general - -', 'stay 180', ''],
  ['schengen', 'Schengen Visa (Type C) - - -', 'half-year 90', '5_15_days 399 by appointment'],
];

/** What is not only sold for shekels, as far as we know. */
const prices: Record<string, Prices> = {
  india_tourist_year: { ils: 249, usd: 69, sek: 699, rub: 6_990, kzt: 42_990 },
  israel_2_years: { ils: 99, rub: 2_990 },
  bahrain_year: { ils: 149, usd: 599 },
};
const variations: Record<string, readonly Variation[]> = {
  korea_3_years: [
    { type: 'stay_limit', limit: 30 },
    { type: 'validity', validity: '2_years', nationalities: ['ISR'] },
  ],
  saudi_arabia_year: [
    { type: 'validity', validity: '6_months', nationalities: ['RUS', 'KAZ'] },
    { type: 'fee', fee: { ils: 180 }, age: 60 },
  ],
};

function factsOf({ docName, intent, entries, validSince }: Product): string {
  return [docName, intent, entries, validSince].map((fact) => fact ?? '-').join(' ');
}
function daysOf({ stayLimit, calendarStayLimit, sixMonthsStayLimit, daysToUse }: Product): string {
  const days = { stay: stayLimit, year: calendarStayLimit, 'half-year': sixMonthsStayLimit, use: daysToUse };
  return Object.entries(days)
    .flatMap(([name, count]) => (count === undefined ? [] : [`${name} ${count}`]))
    .join(', ');
}
function speedsOf({ urgencies }: Product): string {
  return urgencies
    .map(({ speed, fee, isAppointment }) => `${speed} ${fee.ils}${isAppointment ? ' by appointment' : ''}`)
    .join(', ');
}

describe("the shop's list", () => {
  it.each(list)('sells %s as: %s; %s; %s', (name, facts, days, speeds) => {
    const product = findProduct(name)!;
    expect([factsOf(product), daysOf(product), speedsOf(product)]).toEqual([facts, days, speeds]);
    expect(product.variations).toEqual(variations[name] ?? []);
    expect(product.prices).toEqual(prices[name] ?? { ils: product.prices.ils });
  });

  it('is all that is sold', () => {
    expect(list.map(([name]) => name).sort()).toEqual(products.map(({ name }) => name).sort());
  });

  it('asks the same for speed in every country, unless it says otherwise', () => {
    const fee = { ils: 99, usd: 25, sek: 290, rub: 1_990, kzt: 11_990 };
    const own = new Set(['morocco', 'vietnam', 'schengen']);
    for (const { country, urgencies } of products)
      for (const urgency of urgencies)
        expect([country, urgency.fee]).toEqual([country, own.has(country) ? { ils: urgency.fee.ils } : fee]);
  });
});
