import { describe, expect, it } from '@jest/globals';
import { findDestination } from './destinations.js';
import { isKnownUrgency } from './processing-time.js';
import { productDifferences, findProduct, products, type SaidProduct } from './products.js';
import { findValidity } from './validities.js';
import { visaTextHebrew } from './visa-text.js';

/** Name, shekels, text for customers, days of validity, business days; `?` where the intent is not known to us. */
const listed = [
  ['india_tourist_month', 179, 'תיירות לחודש', 30, 3],
  ['india_tourist_year', 249, 'תיירות, רב פעמית, לשנה', 365, 3],
  ['india_tourist_5_years', 399, 'תיירות, רב פעמית, ל-5 שנים', 1_825, 3],
  ['india_business_year', 399, 'עסקים, רב פעמית, לשנה', 365, 3],
  ['canada_5_years', 99, 'אישור נסיעה ל-5 שנים', 1_825, 3],
  ['sri_lanka_month', 299, 'תיירות לחודש', 30, 2],
  ['morocco_tourist_6_months', 399, 'תיירות לחצי שנה', 180, 3],
  ['new_zealand_2_years', 229, 'אישור נסיעה לשנתיים', 730, 2],
  ['vietnam_3_months_single', 199, 'תיירות ל-3 חודשים', 90, 7],
  ['vietnam_3_months_multi', 299, 'תיירות, רב פעמית, ל-3 חודשים', 90, 7],
  ['vietnam_3_months_single_business', 299, 'עסקים ל-3 חודשים', 90, 7],
  ['vietnam_3_months_multi_business', 399, 'עסקים, רב פעמית, ל-3 חודשים', 90, 7],
  ['usa_2_years', 159, 'אישור נסיעה לשנתיים', 730, 3],
  ['korea_3_years', 99, 'אישור נסיעה ל-3 שנים', 1_095, 3],
  ['korea_3_years_30_stay', 99, 'אישור נסיעה ל-3 שנים', 1_095, 3],
  ['korea_2_years', 99, 'אישור נסיעה לשנתיים', 730, 3],
  ['cambodia_month', 199, 'תיירות לחודש', 30, 5],
  ['israel_2_years', 99, 'אישור נסיעה לשנתיים', 730, 3],
  ['saudi_arabia_year', 549, 'תיירות, רב פעמית, לשנה', 365, 3],
  ['saudi_arabia_6_months', 549, 'תיירות, רב פעמית, לחצי שנה', 180, 3],
  ['bahrain_2_weeks', 199, '? לשבועיים', 14, 5],
  ['bahrain_3_months', 299, '?, רב פעמית, ל-3 חודשים', 90, 5],
  ['bahrain_year', 149, '?, רב פעמית, לשנה', 365, 5],
  ['indonesia_2_months', 549, 'תיירות ועסקים לחודשיים', 60, 5],
  ['indonesia_year', 1_099, 'תיירות ועסקים, רב פעמית, לשנה', 365, 5],
  ['indonesia_2_years', 2_190, 'תיירות ועסקים, רב פעמית, לשנתיים', 730, 5],
  ['indonesia_5_years', 5_490, 'תיירות ועסקים, רב פעמית, ל-5 שנים', 1_825, 5],
  ['uk_2_years', 179, 'אישור נסיעה לשנתיים', 730, 3],
  ['togo_15_days_single', 299, '? ל-15 ימים', 15, 3],
  ['togo_15_days_multi', 349, '?, רב פעמית, לשבועיים', 14, 3],
  ['togo_month', 399, '? לחודש', 30, 3],
  ['togo_3_months', 499, '? ל-3 חודשים', 90, 3],
  ['thailand_3_months', 399, '? ל-3 חודשים', 90, 10],
  ['thailand_6_months', 799, '?, רב פעמית, לחצי שנה', 180, 10],
  ['thailand_5_years', 1_990, 'תיירות ועסקים ל-5 שנים', 1_825, 21],
  ['schengen', 599, 'ויזה ל-3 חודשים', 90, 30],
] as const;

const said = (changes: Partial<SaidProduct> = {}): SaidProduct => ({
  name: 'india_tourist_year',
  country: 'india',
  docType: 'evisa',
  intent: 'tourism',
  entries: 'multiple',
  validity: 'year',
  otherValidities: [],
  isVaried: false,
  ...changes,
});

describe('the thirty-six products', () => {
  it('are all there, each once', () => {
    expect(products.map(({ name }) => name).sort()).toEqual(listed.map(([name]) => name).sort());
    expect(listed).toHaveLength(36);
  });

  it.each(listed)('%s costs %d and reads "%s"', (name, shekels, text, days, wait) => {
    const product = findProduct(name)!;
    const { docType, intent, entries, validity } = product;
    const told = visaTextHebrew({
      productDocType: docType,
      productIntent: intent ?? 'tourism',
      productEntries: entries ?? null,
      productValidity: validity,
    });
    expect(product.prices.ils).toBe(shekels);
    expect(told).toBe(text.replace('?', 'תיירות'));
    expect(intent === undefined && docType === 'evisa').toBe(text.startsWith('?'));
    expect([findValidity(validity)?.days, product.wait]).toEqual([days, wait]);
    expect(findDestination(product.country)?.key).toBe(product.country);
    for (const { speed } of product.urgencies) expect(isKnownUrgency(speed)).toBe(true);
  });

  it('are not found by nothing', () => {
    expect([null, '', 'constructor'].map((name) => findProduct(name))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('take the place only of products of the same country', () => {
    const stand = products.filter(({ replaces }) => replaces !== undefined);
    expect(stand.map(({ name }) => name)).toEqual([
      'korea_3_years_30_stay',
      'korea_2_years',
      'saudi_arabia_6_months',
    ]);
    for (const { replaces, country } of stand) expect(findProduct(replaces ?? null)?.country).toBe(country);
  });
});

describe('an order that is not what the catalogue knows', () => {
  it.each([
    ['nothing', {}, []],
    ['a name in other spelling', { name: 'India Tourist Year' }, []],
    ['a product that is not known', { name: 'india_moon' }, ['product:unknown']],
    ['a prototype key', { name: 'constructor' }, ['product:unknown']],
    ['nothing where the country is spelled otherwise', { country: 'INDIA 🇮🇳' }, []],
    ['a country that nobody knows', { country: 'atlantis' }, ['product.country:differs-from-catalogue']],
    [
      'a validity that nobody knows',
      { validity: '7_moons', otherValidities: ['9_moons'] },
      ['product.validity:differs-from-catalogue'],
    ],
    ['no product', { name: null }, ['product.name:missing']],
    ['another country', { country: 'vietnam' }, ['product.country:differs-from-catalogue']],
    ['another document', { docType: 'eta' }, ['product.docType:differs-from-catalogue']],
    ['another intent', { intent: 'business' }, ['product.intent:differs-from-catalogue']],
    ['other entries', { entries: 'single' }, ['product.entries:differs-from-catalogue']],
    ['another validity', { validity: 'month' }, ['product.validity:differs-from-catalogue']],
    [
      'a validity that a variation of the order allows',
      { validity: 'month', otherValidities: ['month'] },
      [],
    ],
    ['a validity of an order that is varied', { validity: 'month', isVaried: true }, []],
    ['facts the order does not state', { docType: null, intent: null, entries: null, validity: null }, []],
  ])('is noticed: %s', (_name, changes, warnings) => {
    expect(productDifferences(said(changes))).toEqual(warnings);
  });

  it.each([
    ['korea_3_years', 'korea', 'eta', 'general', '2_years'],
    ['saudi_arabia_year', 'saudi_arabia', 'evisa', 'tourism', '6_months'],
  ])(
    'is no surprise where the catalogue knows the variation: %s',
    (name, country, docType, intent, validity) => {
      expect(productDifferences(said({ name, country, docType, intent, validity }))).toEqual([]);
      expect(productDifferences(said({ name, country, docType, intent, validity: 'month' }))).toEqual([
        'product.validity:differs-from-catalogue',
      ]);
    },
  );

  it('is not judged by what the catalogue does not know', () => {
    const togo = { name: 'togo_month', country: 'togo', validity: 'month' };
    expect(productDifferences(said({ ...togo, intent: 'business', entries: 'double' }))).toEqual([]);
  });
});
