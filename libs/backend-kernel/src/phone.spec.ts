import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { getCountryCallingCode } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { parsePhone, phoneDigits } from './phone.js';

const valid = (e164: string) => ({ e164, valid: true });
const invalid = { e164: null, valid: false };

describe('parsePhone', () => {
  it.each([
    ['plain', { code: '972', number: '500000001' }, '+972500000001'],
    ['plus in the code, separators (V04)', { code: '+972', number: '50-000 0001' }, '+972500000001'],
    ['leading zero', { code: '972', number: '0500000001' }, '+972500000001'],
    ['two leading zeros', { code: '972', number: '00500000001' }, '+972500000001'],
    ['code repeated in the number (V05)', { code: '972', number: '972500000001' }, '+972500000001'],
    ['zero, then code (V06)', { code: '972', number: '0972500000001' }, '+972500000001'],
    ['code, then zero', { code: '972', number: '9720500000001' }, '+972500000001'],
    ['plus and code in the number', { code: '972', number: '+972500000001' }, '+972500000001'],
    ['plus, code and zero in brackets', { code: '972', number: '+972 (0)50-0000001' }, '+972500000001'],
    ['00 and code in the number', { code: '972', number: '00972500000001' }, '+972500000001'],
    ['00 in the code', { code: '00972', number: '0500000001' }, '+972500000001'],
    ['a direction mark before it', { code: '972', number: '\u200e050-0000001\u200f' }, '+972500000001'],
    ['plus and number, no code', { number: '+972500000001' }, '+972500000001'],
    ['00 and number, no code', { code: '', number: '00972500000001' }, '+972500000001'],
    ['a whole number of another country', { code: '972', number: '+46701234567' }, '+46701234567'],
    ['Kazakh mobile keeps both sevens (V07)', { code: '7', number: '7010000001' }, '+77010000001'],
    ['Kazakh mobile with the code', { code: '7', number: '77010000001' }, '+77010000001'],
    ['Kazakh mobile with the trunk eight', { code: '7', number: '87010000001' }, '+77010000001'],
    ['Russian mobile (V08)', { code: '7', number: '9160000001' }, '+79160000001'],
    ['Russian mobile with the code', { code: '+7', number: '+7 916 000-00-01' }, '+79160000001'],
    ['Russian mobile with the trunk eight', { code: '7', number: '8 (916) 000-00-01' }, '+79160000001'],
    ['North America (V09)', { code: '1', number: '2125550100' }, '+12125550100'],
    ['North America with the one', { code: '1', number: '1 (212) 555-0100' }, '+12125550100'],
    ['whole number as a string (V11)', '+972500000001', '+972500000001'],
    ['digits as a string', '972500000001', '+972500000001'],
    ['00 as a string', '00972-50-0000001', '+972500000001'],
    ['numbers instead of strings', { code: 972, number: 500000001 }, '+972500000001'],
    [
      'an Israeli fixed line that begins like the code',
      { code: '972', number: '09-7255555' },
      '+97297255555',
    ],
    ['Swedish with zero', { code: '46', number: '0701234567' }, '+46701234567'],
    ['British with zero', { code: '44', number: '07400 123456' }, '+447400123456'],
    ['three leading zeros', { code: '972', number: '000500000001' }, '+972500000001'],
    ['plus before a local number', { code: '972', number: '+0500000001' }, '+972500000001'],
    ['00 and number of another country', { code: '972', number: '0046701234567' }, '+46701234567'],
    ['a word before it', { code: '972', number: 'tel 050-0000001' }, '+972500000001'],
    ['a word after it', { code: '972', number: '050-0000001 mobile' }, '+972500000001'],
    ['forty characters', { code: '972', number: '0500000001'.padEnd(40) }, '+972500000001'],
    ['Italian fixed line keeps its zero', { code: '39', number: '0612345678' }, '+390612345678'],
  ])('reads %s', (_name, given, expected) => {
    expect(parsePhone(given)).toEqual(valid(expected));
  });

  it.each([
    ['null', null],
    ['undefined', undefined],
    ['an empty object', {}],
    ['an empty number (V10)', { code: '972', number: '' }],
    ['no code', { code: '', number: '0500000001' }],
    ['no code and digits that might hold one', { number: '972500000001' }],
    ['a local number as a string', '0500000001'],
    ['too short', { code: '972', number: '12345' }],
    ['too long', { code: '972', number: '50000000011' }],
    ['the fake number of earlier systems', { code: '972', number: '0000000000' }],
    ['a code that does not exist', { code: '999', number: '500000001' }],
    ['words', { code: 'IL', number: 'call me' }],
    ['an extension', { code: '972', number: '050-0000001 ext 5' }],
    ['two numbers', { code: '972', number: '050000 or 0001' }],
    ['a plus in the middle', { code: '972', number: '050+0000001' }],
    ['digits before a plus', { code: '972', number: '1+972500000001' }],
    ['three zeros where no code is stated', { number: '000972500000001' }],
    ['a list of one number', { code: '972', number: ['500000001'] }],
    ['a fraction whose digits are a number', { code: 972, number: 50000000.1 }],
    ['more than forty characters', { code: '972', number: '0500000001'.padEnd(41) }],
    ['nested objects', { code: { code: '972' }, number: ['500000001'] }],
    ['fractions', { code: 972, number: 500000001.5 }],
    ['an array', []],
    ['a huge string', { code: '972', number: '5'.repeat(10_000) }],
  ])('keeps %s invalid and invents nothing', (_name, given) => {
    expect(parsePhone(given)).toEqual(invalid);
  });

  it('keeps what can be read as two valid numbers invalid', () => {
    // +46 468 000 000 is a number of Landskrona, +46 8 000 000 one of Stockholm.
    expect(parsePhone({ code: '46', number: '468000000' })).toEqual(invalid);
    expect(parsePhone({ code: '46', number: '8000000' })).toEqual(valid('+468000000'));
  });

  it('is never guessed, whatever is given', () => {
    fc.assert(
      fc.property(fc.anything(), (given) => {
        const { e164 } = parsePhone(given);
        expect(e164 === null || /^\+[1-9]\d{6,14}$/.test(e164)).toBe(true);
      }),
    );
  });
});

/** Countries of the branches, of their neighbours and of customers seen, with the trunk prefix dialled inside. */
const plans = [
  ...['IL', 'SE', 'GB', 'FR', 'NL', 'UA', 'GE', 'IN', 'TH'].map((country) => ({ country, trunk: '0' })),
  ...['RU', 'KZ'].map((country) => ({ country, trunk: '8' })),
  ...['US', 'CA'].map((country) => ({ country, trunk: '1' })),
  ...['NO', 'DK', 'ES', 'PL'].map((country) => ({ country, trunk: '' })),
] as { country: keyof typeof examples; trunk: string }[];

/** A mobile number near the example of its numbering plan: the last four digits are anybody's. */
const numbers = fc
  .tuple(fc.constantFrom(...plans), fc.integer({ min: 0, max: 9_999 }))
  .map(([{ country, trunk }, last]) => ({
    code: getCountryCallingCode(country),
    national: examples[country].slice(0, -4) + String(last).padStart(4, '0'),
    trunk,
  }));
const separators = fc.constantFrom('', ' ', '-', '. ', ' - ', '\u2011');
const codePrefixes = fc.constantFrom('', '+', '00', ' +');

describe('every way to write one number', () => {
  const spellings = ({ code, national, trunk }: { code: string; national: string; trunk: string }) => [
    national,
    trunk + national,
    code + national,
    `+${code}${national}`,
    `00${code}${national}`,
    `0${code}${national}`,
  ];

  it('gives that number, with its code once', () => {
    fc.assert(
      fc.property(numbers, codePrefixes, separators, (number, prefix, separator) => {
        const e164 = `+${number.code}${number.national}`;
        for (const spelled of spellings(number)) {
          const written = spelled.replace(/(\d{3})(?=\d)/g, `$1${separator}`);
          expect([written, parsePhone({ code: prefix + number.code, number: written })]).toEqual([
            written,
            valid(e164),
          ]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('can be read again and stays the same', () => {
    fc.assert(
      fc.property(numbers, ({ code, national }) => {
        const once = parsePhone({ code, number: national });
        const digits = phoneDigits(once.e164!);
        for (const again of [
          once.e164,
          digits,
          `00${digits}`,
          { number: once.e164 },
          { code, number: digits },
        ])
          expect(parsePhone(again)).toEqual(once);
      }),
      { numRuns: 300 },
    );
  });

  it('never loses or doubles a code, also of numbers that exist nowhere', () => {
    const codes = fc.constantFrom('972', '7', '46', '44', '1');
    fc.assert(
      fc.property(codes, fc.stringMatching(/^[1-9][0-9]{6,10}$/), (code, number) => {
        const once = parsePhone({ code, number });
        if (once.e164 === null) return;
        expect([`+${code}${number}`, `+${number}`].map(parsePhone)).toContainEqual(once);
        expect(once.e164.startsWith(`+${code}`)).toBe(true);
        expect(parsePhone(once.e164)).toEqual(once);
        expect(parsePhone({ code, number: once.e164 })).toEqual(once);
        expect(parsePhone({ code, number: `00${once.e164.slice(1)}` })).toEqual(once);
      }),
      { numRuns: 500 },
    );
  });
});
