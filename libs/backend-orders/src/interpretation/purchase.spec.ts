import { describe, expect, it } from '@jest/globals';
import { viziOrder } from '@visapi/backend-testing';
import { readOrder } from '../order.js';

type Json = Readonly<Record<string, unknown>>;
type Content = ReturnType<typeof readOrder>;

const of = (form: Json) => readOrder(viziOrder({ form }), 'IL260105IN10');
const product = (changes: Json) => of({ product: changes });
/** Without the catalogue's word on a product that it does not list. */
const warningsOf = ({ warnings }: Content) =>
  (warnings as string[]).filter((warning) => warning !== 'product:unknown');

describe('what was bought', () => {
  it.each<[string, keyof Content, unknown, unknown, string[]]>([
    ['docType', 'productDocType', 'evisa', 'evisa', []],
    ['docType', 'productDocType', 'eta', 'eta', []],
    ['docType', 'productDocType', 'Visa', 'visa', []],
    ['docType', 'productDocType', 'scroll', 'scroll', ['docType:unknown']],
    ['docType', 'productDocType', undefined, null, ['docType:missing']],
    ['docType', 'productDocType', 7, null, ['docType:not-text', 'docType:missing']],
    ['intent', 'productIntent', 'tourism', 'tourism', []],
    ['intent', 'productIntent', 'Business', 'business', []],
    ['intent', 'productIntent', 'general', 'general', []],
    ['intent', 'productIntent', 'study abroad', 'study_abroad', ['intent:unknown']],
    ['intent', 'productIntent', '-', '-', ['intent:unknown']],
    ['intent', 'productIntent', undefined, null, ['intent:missing']],
    ['intent', 'productIntent', '', null, ['intent:missing']],
    ['intent', 'productIntent', '  ', null, ['intent:missing']],
    ['intent', 'productIntent', 7, 'unknown', ['intent:not-text', 'intent:missing']],
    ['entries', 'productEntries', 'single', 'single', []],
    ['entries', 'productEntries', 'double', 'double', []],
    ['entries', 'productEntries', 'Multiple', 'multiple', []],
    ['entries', 'productEntries', 'triple', 'triple', ['entries:unknown']],
    ['entries', 'productEntries', null, null, ['entries:missing']],
    ['entries', 'productEntries', [], 'unknown', ['entries:not-text', 'entries:missing']],
    ['validity', 'productValidity', '2 Years', '2_years', []],
    ['validity', 'productValidity', '7 moons', '7_moons', ['validity:unknown']],
    ['validity', 'productValidity', undefined, null, ['validity:missing']],
    ['stay_limit', 'stayLimit', 100_000, 100_000, []],
    ['stay_limit', 'stayLimit', 100_001, null, ['stay_limit:not-a-count']],
    ['wait', 'processingDays', 90, 90, []],
    ['wait', 'processingDays', 91, null, ['wait:not-a-count']],
    ['wait', 'processingDays', '', 3, []],
    ['wait', 'processingDays', 0, 3, []],
  ])('says its %s, kept as %s: %j', (key, column, given, expected, warnings) => {
    const content = product({ name: 'moon_year', [key]: given });
    expect(content[column]).toBe(expected);
    expect(warningsOf(content)).toEqual(warnings.map((warning) => `product.${warning}`));
  });

  it('is valid for no number of days where its validity is not known', () => {
    const days = (validity: unknown) => product({ name: 'moon_year', validity }).validityDays;
    expect([days('2_years'), days('7_moons'), days(null)]).toEqual([730, null, null]);
  });

  it.each<[string, Json, string | null, string[]]>([
    ['the form', { country: 'Sri Lanka', product: { country: 'sri_lanka' } }, 'sri_lanka', []],
    ['the product, where the form says none', { country: '', product: { country: 'togo' } }, 'togo', []],
    ['two spellings of one', { country: 'GBR', product: { country: 'England' } }, 'uk', []],
    ['words', { country: 'New Atlantis', product: {} }, 'new_atlantis', ['country:unknown']],
    ['a flag alone', { country: '🇫🇷', product: { country: null } }, null, ['country:unknown']],
    ['nobody', { country: undefined, product: { country: undefined } }, null, ['country:missing']],
    [
      'nobody who writes',
      { country: 7, product: { country: null } },
      null,
      ['country:not-text', 'country:missing'],
    ],
  ])('is for the country that is named by %s', (_name, form, country, warnings) => {
    const content = of({ ...form, product: { name: 'moon_year', ...(form['product'] as Json) } });
    expect(content.productCountry).toBe(country);
    expect(warningsOf(content)).toEqual(warnings);
  });

  it.each<[unknown, string | null, number | null, string[]]>([
    [undefined, null, 3, []],
    ['', null, 3, []],
    ['Next Day', 'next_day', 1, []],
    ['warp', 'warp', null, ['urgency:unknown']],
    ['--', '--', null, ['urgency:unknown']],
    [7, 'unknown', null, ['urgency:not-text', 'urgency:unknown']],
  ])('was bought with the speed %j', (given, urgency, processingDays, warnings) => {
    const content = of({ urgency: given });
    expect(content).toMatchObject({ urgency, processingDays });
    expect(content.warnings).toEqual(warnings);
  });
});

describe('a product that differs from the catalogue', () => {
  const differs = ['product.validity:differs-from-catalogue'];
  const sold = { name: 'india_tourist_year', validity: 'month' };

  it.each<[string, Json, string[]]>([
    ['says why: nothing', {}, differs],
    ['says why: a variation', { variation_name: 'for the young' }, []],
    ['says why: it stands in for another', { replacement: { active: true } }, []],
    ['does not stand in for another', { replacement: { active: false } }, differs],
    ['may stand in for another, not certainly', { replacement: { active: 'true' } }, differs],
    ['has a variation that is valid so long', { variations: [{ validity: 'Month' }] }, []],
    ['has a variation that is valid so long, among others', { variations: [{}, { validity: 'month' }] }, []],
    ['has a variation of another validity', { variations: [{ validity: '2_years' }] }, differs],
    ['has variations that are no list', { variations: 'month' }, differs],
    ['has no variation', { variations: null }, differs],
    [
      'has a variation that is none',
      { variations: ['month'] },
      ['product.variations[0]:not-an-object', ...differs],
    ],
  ])('%s', (_name, changes, warnings) => {
    expect(product({ ...sold, ...changes }).warnings).toEqual(warnings);
  });

  it('is noticed by every fact that is stated otherwise', () => {
    const content = of({
      country: 'togo',
      product: { country: 'togo', docType: 'eta', intent: 'business', entries: 'single', validity: 'month' },
    });
    expect(content.warnings).toEqual(
      ['country', 'docType', 'intent', 'entries', 'validity'].map(
        (fact) => `product.${fact}:differs-from-catalogue`,
      ),
    );
  });

  it('is compared by the country of the form, where it names none itself', () => {
    const content = of({ country: 'togo', product: { country: null } });
    expect(content.warnings).toEqual(['product.country:differs-from-catalogue']);
  });
});
