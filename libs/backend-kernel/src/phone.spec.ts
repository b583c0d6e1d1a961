import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parsePhone } from './phone.js';

describe('parsePhone', () => {
  it.each([
    ['plain', { code: '972', number: '500000001' }, '+972500000001'],
    ['plus in the code, separators (V04)', { code: '+972', number: '50-000 0001' }, '+972500000001'],
    ['leading zero', { code: '972', number: '0500000001' }, '+972500000001'],
    ['two leading zeros', { code: '972', number: '00500000001' }, '+972500000001'],
    ['code repeated in the number (V05)', { code: '972', number: '972500000001' }, '+972500000001'],
    ['zero, then code (V06)', { code: '972', number: '0972500000001' }, '+972500000001'],
    ['plus and code in the number', { code: '972', number: '+972500000001' }, '+972500000001'],
    ['00 and code in the number', { code: '972', number: '00972500000001' }, '+972500000001'],
    ['00 in the code', { code: '00972', number: '0500000001' }, '+972500000001'],
    ['Kazakh mobile keeps both sevens (V07)', { code: '7', number: '7010000001' }, '+77010000001'],
    ['Russian mobile (V08)', { code: '7', number: '9160000001' }, '+79160000001'],
    ['North America (V09)', { code: '1', number: '2125550100' }, '+12125550100'],
    ['whole number as a string (V11)', '+972500000001', '+972500000001'],
    ['digits as a string', '972500000001', '+972500000001'],
    ['numbers instead of strings', { code: 972, number: 500000001 }, '+972500000001'],
    ['Swedish with zero', { code: '46', number: '0701234567' }, '+46701234567'],
  ])('reads %s', (_name, given, expected) => {
    expect(parsePhone(given)).toEqual({ e164: expected, valid: true });
  });

  it.each([
    ['null', null],
    ['an empty object', {}],
    ['an empty number (V10)', { code: '972', number: '' }],
    ['no code', { code: '', number: '0500000001' }],
    ['too short', { code: '972', number: '12345' }],
    ['the fake number of earlier systems', { code: '972', number: '0000000000' }],
    ['words', { code: 'IL', number: 'call me' }],
    ['an array', []],
    ['a huge string', { code: '972', number: '5'.repeat(10_000) }],
  ])('keeps %s invalid and invents nothing', (_name, given) => {
    expect(parsePhone(given)).toEqual({ e164: null, valid: false });
  });

  it('never loses or doubles a country code, however often the result is read again', () => {
    const codes = fc.constantFrom('972', '7', '46', '44', '1');
    fc.assert(
      fc.property(codes, fc.stringMatching(/^[1-9][0-9]{6,10}$/), (code, number) => {
        const once = parsePhone({ code, number });
        if (once.e164 === null) return;
        expect(once.e164.startsWith(`+${code}`)).toBe(true);
        expect(parsePhone(once.e164)).toEqual(once);
        expect(parsePhone({ code, number: once.e164 })).toEqual(once);
        expect(parsePhone({ code, number: `00${once.e164.slice(1)}` })).toEqual(once);
      }),
    );
  });
});
