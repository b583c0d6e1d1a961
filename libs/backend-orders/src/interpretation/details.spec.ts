import { describe, expect, it } from '@jest/globals';
import { viziOrder } from '@visapi/backend-testing';
import { readOrder } from '../order.js';

type Json = Readonly<Record<string, unknown>>;

function read(changes: Json) {
  const { details, warnings } = readOrder(viziOrder(changes), 'IL260105IN10');
  return { bytes: details, details: JSON.parse(String(details)) as Json, warnings };
}
const form = (changes: Json) => read({ form: changes });

describe('what a form says besides its columns', () => {
  it.each<[string, unknown, unknown]>([
    ['hotel', ' Example Hotel ', 'Example Hotel'],
    ['stayAddress', 'Example Street', 'Example Street'],
    [
      'address',
      { line: '1 St', city: 'X', country: 'isr', setBy: 0, postalCode: 0 + '1' },
      { line: '1 St', city: 'X', country: 'ISR', postalCode: '01', setBy: 0 },
    ],
    [
      'emergencyContact',
      { name: 'AVI', phone: { code: '972', number: '' }, relation: 'brother', address: {} },
      { name: 'AVI', phone: { code: '972' }, relation: 'brother' },
    ],
    [
      'children',
      [{ name: 'NOA', dateOfBirth: '2020-02-29' }, {}],
      [{ name: 'NOA', dateOfBirth: '2020-02-29' }],
    ],
    ['business', { name: 'Example', address: { line: '' }, phone: {} }, { name: 'Example' }],
    ['fileTransferMethod', 'WhatsApp', 'whatsapp'],
    [
      'business',
      {
        ...{ website: 'https://example.test', name: 'Example', sector: 'software' },
        phone: { code: '91', number: '1100000001' },
        address: { line: '3 Road', city: 'X', country: 'IND' },
      },
      {
        ...{ name: 'Example', sector: 'software', website: 'https://example.test' },
        phone: { code: '91', number: '1100000001' },
        address: { line: '3 Road', city: 'X', country: 'IND' },
      },
    ],
    ['termsAgreed', false, false],
  ])('is kept in one shape: %s', (key, given, expected) => {
    const { details, warnings } = form({ [key]: given });
    expect([details[key], warnings]).toEqual([expected, []]);
  });

  it.each(['hotel', 'stayAddress', 'address', 'emergencyContact', 'children', 'business', 'meta'])(
    'is not there when nobody filled it in: %s',
    (key) => {
      for (const nothing of ['', null, undefined, key === 'children' ? [] : {}])
        expect(form({ [key]: nothing }).details).not.toHaveProperty(key);
    },
  );

  it('holds nothing twice: what has a place of its own is not among what nobody knows', () => {
    const { details } = form({ discount: { code: 'TEN', percent: 10 }, orderId: 'IL260105IN10' });
    expect(details['coupon']).toEqual({ code: 'TEN', percent: 10 });
    expect(details['other']).toEqual({ _id: '66c000000000000000000a01' });
  });

  it('keeps the phone as it was given, beside the number that came of it', () => {
    for (const phone of [{ code: 'IL', number: 'call me' }, '050-0000001'])
      expect(form({ client: { phone } }).details['phone']).toEqual(phone);
  });

  it('has no business for a tourist, whose form has empty leaves', () => {
    const business = {
      name: '',
      sector: '',
      phone: { code: '', number: '' },
      address: { line: '', city: '' },
    };
    expect(form({ business }).details).not.toHaveProperty('business');
  });

  it.each<[Json, string]>([
    [{ children: 'NOA' }, 'children:not-a-list'],
    [{ business: 'none' }, 'business:not-an-object'],
    [{ entry: { crossing: { type: 'tunnel' } } }, 'entry.crossing.type:unknown'],
    [{ fileTransferMethod: 'pigeon' }, 'fileTransferMethod:unknown'],
    [{ discount: { percent: 400 } }, 'discount.percent:not-a-percentage'],
    [{ orderId: 'IL260105IN11' }, 'orderId:differs-from-order'],
    [{ product: { country: 'vietnam' } }, 'country:differs-from-product'],
  ])('is warned of where it is odd: %j', (changes, warning) => {
    expect(form(changes).warnings).toContain(warning);
  });

  it('keeps the product and the unknown as they came, and drops what is too deep to be a form', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`) as Json;
    const { details, warnings } = form({ zodiac: { sign: ['lion'] }, product: { zz: { b: null, a: '' } } });
    expect(details).toMatchObject({
      other: { zodiac: { sign: ['lion'] } },
      product: { zz: { a: '', b: null } },
    });
    expect(warnings).toEqual([]);
    const dropped = form({ deep });
    expect([dropped.details['other'], dropped.warnings]).toEqual([undefined, ['form.other:too-deep']]);
  });

  it.each<[string, (deep: Json) => Json]>([
    ['client.phone', (deep) => ({ form: { client: { phone: { deep } } } })],
    ['product', (deep) => ({ form: { product: { deep } } })],
    ['meta', (deep) => ({ form: { meta: { deep } } })],
    ['order.other', (deep) => ({ order: { deep } })],
  ])('is named where it is too deep to be kept: %s', (field, changes) => {
    const deep = JSON.parse(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`) as Json;
    expect(read(changes(deep)).warnings).toContain(`${field}:too-deep`);
  });

  it('is too much to keep beyond a megabyte, and the order is read all the same', () => {
    const huge = readOrder(viziOrder({ form: { huge: 'a'.repeat(1_100_000) } }), 'IL260105IN10');
    expect(huge).toMatchObject({
      details: null,
      clientPhone: '+972500000001',
      warnings: ['details:too-large'],
    });
  });

  it('is equal bytes when it is equal, in whatever order its fields came', () => {
    const turned = (value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(
            Object.entries(value)
              .map(([key, item]) => [key, turned(item)])
              .reverse(),
          )
        : value;
    const body = viziOrder({ form: { zz: { a: 1, b: 2 } } });
    const [one, other] = [body, turned(body) as Json].map((given) => readOrder(given, 'IL260105IN10'));
    expect(other?.details?.equals(one!.details!)).toBe(true);
    expect(other?.applicants?.equals(one!.applicants!)).toBe(true);
  });
});
