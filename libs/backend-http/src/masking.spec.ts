import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { masked, shownTo } from './masking.js';
import type { HttpRequest } from './request-context.js';

const asking = (...scopes: string[]) =>
  ({ visapi: { principal: { scopes: new Set(scopes) } } }) as unknown as HttpRequest;

describe('an answer for somebody who may not read what is personal', () => {
  it.each([
    [
      'a passport',
      { passport: { number: 'X00000001', firstName: 'DANA' } },
      { passport: { number: '•••0001', firstName: 'DANA' } },
    ],
    ['an id', { idNumber: '055943188', quantity: 2 }, { idNumber: '•••3188', quantity: 2 }],
    ['an id as a number', { id_number: 55_943_188 }, { id_number: '•••3188' }],
    ['another spelling', { 'Passport Number': 'AB1234567' }, { 'Passport Number': '•••4567' }],
    ['a visa', { 'Visa ID': 'V-000123456789', visaId: 'V-0001' }, { 'Visa ID': '•••6789', visaId: '•••001' }],
    ['a short one', { visaId: '12' }, { visaId: '•••2' }],
    [
      'the address of a document',
      { document: { link: 'https://files.example.test/1.pdf?sig=abc', filename: 'visa_IL260105IN10_1.pdf' } },
      { document: { link: 'https://files.example.test/•••', filename: 'visa_IL260105IN10_1.pdf' } },
    ],
    [
      'texts',
      ['Passport X1234567 at https://files.example.test/a/b.jpg of IL260105IN10, +972500000001'],
      ['Passport •••4567 at https://files.example.test/••• of IL260105IN10, +972500000001'],
    ],
    [
      'what is none of it',
      { at: new Date(0), number: '12', ok: true, none: null },
      { at: new Date(0), number: '12', ok: true, none: null },
    ],
  ])('shows of %s no more than its end', (_name, value, shown) => {
    expect(masked<unknown>(value)).toEqual(shown);
  });

  it('never holds the number or the address, however deep they stand, and has the shape that it had', () => {
    const secret = fc.stringMatching(/^[A-Z]{1,2}\d{6,9}$/);
    const nested = fc.tuple(
      secret,
      fc.array(fc.stringMatching(/^[a-z]{1,6}$/), { maxLength: 5 }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(nested, ([number, path, inList]) => {
        const leaf = {
          passport: { number },
          link: `https://files.example.test/${number}.jpg`,
          text: `is ${number}.`,
        };
        const value = path.reduce<unknown>((inner, name) => ({ [name]: inList ? [inner] : inner }), leaf);
        const hidden = JSON.stringify(masked(value));
        expect(hidden).not.toContain(number);
        expect(hidden.replace(/"[^"]*"(?=[,}\]])/g, '')).toBe(
          JSON.stringify(value).replace(/"[^"]*"(?=[,}\]])/g, ''),
        );
      }),
    );
  });

  it('is whole for whoever may read it, and for nobody else', () => {
    const value = { passport: { number: 'X00000001' } };
    expect(shownTo(asking('messages:read', 'privacy:read'), value)).toBe(value);
    for (const request of [asking('messages:read', 'orders:read'), asking(), { visapi: {} } as HttpRequest])
      expect(shownTo(request, value)).toEqual({ passport: { number: '•••0001' } });
  });
});
