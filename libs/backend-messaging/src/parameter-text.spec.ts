import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asParameter, flatten, isolate, isolateLatin, plainNumber } from './parameter-text.js';
import { checkParameters, furtherVisaApproval } from './templates.js';

const bidiControls = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
const withoutControls = (text: string) => text.replace(bidiControls, '');

/** Texts of the characters that matter here, and of any others. */
const pieces = fc.constantFrom(
  ...[
    'ש',
    'לום ',
    'ESTA',
    'K-',
    'é',
    'Я',
    '7',
    ' ',
    '\n',
    '\t',
    '\u0085',
    '\u0000',
    '\ud83d',
    '\ude00',
    '📸',
  ],
  ...['\u2068', '\u2069', '\u2066', '\u202e', '\u200f', '.', ') ', '"', "'", 'ב', 'ִ'],
);
const texts = fc.oneof(
  fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
);

describe('a flattened text', () => {
  it.each([
    ['a line break and tabs', 'דנה\n\t\tכהן', 'דנה כהן'],
    ['line breaks of other systems', 'a\r\nb\u2028c\u0085d', 'a b c d'],
    ['runs of any blanks', ' a \u00a0\u3000 b  ', 'a b'],
    ['control characters', 'a\u0000b\u0007\u009bc', 'abc'],
    ['halves of characters', 'a\ud83db', 'ab'],
    ['controls of direction that are never closed', '\u202eabc\u2068', 'abc'],
    ['marks of direction', 'a\u200f\u200eb', 'ab'],
    ['isolates of nothing', 'a \u2068 \u2069 b', 'a b'],
  ])('is without %s', (_name, given, expected) => {
    expect(flatten(given)).toBe(expected);
  });

  it.each(['דנה לדוגמה', 'תיירות, רב פעמית, לשנה', '🇮🇳', '👨‍👩‍👧', 'ויזת \u2068ESTA\u2069 לשנה'])(
    'stays itself when flat: %s',
    (text) => {
      expect(flatten(text)).toBe(text);
    },
  );

  it('is one line that the template takes, whatever it was', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const flat = flatten(text);
        expect(flat).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029]| {2,}|^ | $/u);
        expect(flatten(flat)).toBe(flat);
      }),
    );
  });
});

describe('Latin words in a Hebrew text', () => {
  it.each([
    ['a word', 'אישור ESTA לשנה', 'אישור \u2068ESTA\u2069 לשנה'],
    ['an order id', 'הזמנה IL260105IN10', 'הזמנה \u2068IL260105IN10\u2069'],
    ['a word with a hyphen', 'אישור K-ETA', 'אישור \u2068K-ETA\u2069'],
    ['a word after a Hebrew prefix', 'ל-ESTA.', 'ל-\u2068ESTA\u2069.'],
    ['a run of words and digits', 'חסר: 2 passport pages (צבע)', 'חסר: \u20682 passport pages\u2069 (צבע)'],
    ['a name in two scripts', "דנה O'Neil Иванова", "דנה \u2068O'Neil Иванова\u2069"],
    ['two runs', 'ESTA או K-ETA', '\u2068ESTA\u2069 או \u2068K-ETA\u2069'],
  ])('are isolated: %s', (_name, given, expected) => {
    expect(isolateLatin(given)).toBe(expected);
  });

  it.each([
    'IL260105IN10',
    '498',
    'Dana Ledugma',
    'תיירות ל-3 חודשים',
    'תיירות, רב פעמית, לשנה',
    'ארה"ב',
    '🇮🇳',
    '1) תמונה 2) דרכון',
    '',
  ])('are not looked for in a text of one direction: %s', (text) => {
    expect(asParameter(text)).toBe(text);
  });

  it('lose and gain no visible character, and are isolated once', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const isolated = isolateLatin(text);
        expect(withoutControls(isolated)).toBe(withoutControls(text));
        expect(isolateLatin(isolated)).toBe(isolated);
      }),
    );
  });

  it('are the same parameter when made a parameter twice, with balanced isolates', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const parameter = asParameter(text);
        expect(asParameter(parameter)).toBe(parameter);
        expect(parameter.replace(/\u2068[^\u2068\u2069]*\u2069/gu, '')).not.toMatch(bidiControls);
      }),
    );
  });

  it('all stand in isolates', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const parameter = asParameter(`ש ${text}`);
        expect(parameter.replace(/\u2068[^\u2069]*\u2069/gu, '')).not.toMatch(/[A-Za-zéЯ]/);
      }),
    );
  });
});

it('makes a parameter that Meta takes of any text that shows something', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(checkParameters(furtherVisaApproval, [asParameter(`א${text}`)])).toEqual([]);
    }),
  );
});

it('isolates a text once, whatever it holds', () => {
  expect(isolate('a \u2068b\u2069')).toBe('\u2068a b\u2069');
});

describe('a plain number', () => {
  it.each([
    ['498.0000', '498'],
    ['498', '498'],
    ['1234.5', '1234.5'],
    ['1234.5000', '1234.5'],
    ['0', '0'],
    ['0.0001', '0.0001'],
    ['0.30000000000000004', '0.3'],
    ['12345678901234567890.1234', '12345678901234567890.1234'],
  ])('of %s is %s', (given, expected) => {
    expect(plainNumber(given)).toBe(expected);
  });

  it.each(['', ' ', '-5', '1e21', 'NaN', '1,234', '١٢', '5 ₪', '.5', '5.'])('is not told of %j', (given) => {
    expect(plainNumber(given)).toBeUndefined();
  });

  it('has no grouping, no trailing zeros and the very digits of the decimal', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.nat(9_999), (whole, decimals) => {
        const fraction = String(decimals).padStart(4, '0');
        const expected = decimals === 0 ? `${whole}` : `${whole}.${fraction.replace(/0+$/, '')}`;
        expect(plainNumber(`${whole}.${fraction}`)).toBe(expected);
      }),
    );
  });
});
