import { describe, expect, it } from '@jest/globals';
import { asParameter, checkParameters, issueNotice } from '@visapi/backend-messaging';
import fc from 'fast-check';
import { issueCatalogue } from './issue-catalogue.js';
import { canonicalIssues, issueText } from './issue-text.js';

const issue = (value: string, label = 'Some label') => ({ value, label });
const country = 'ארה"ב';
const all = Object.fromEntries(
  issueCatalogue.map(({ category, texts }) => [category, Object.keys(texts).map((code) => issue(code))]),
);

const labels = fc.oneof(fc.constantFrom('Wrong stamp', 'חותמת', 'a\nb'), fc.string({ maxLength: 300 }));
const filings = fc.dictionary(
  fc.constantFrom(...Object.keys(all), 'visa_stamp'),
  fc.array(
    fc.record({
      value: fc.constantFrom(
        ...Object.values(all).flatMap((given) => given.map(({ value }) => value)),
        'odd',
      ),
      label: labels,
    }),
    { maxLength: 25 },
  ),
);

describe('the text of issues', () => {
  it('tells one issue as a bullet under its category', () => {
    expect(issueText({ face_photo: [issue('with_glasses')] }, country)).toEqual([
      {
        header: '📸 תמונת פנים',
        list: '• התמונה צולמה עם משקפיים. נא לשלוח תמונה ללא משקפיים.',
      },
    ]);
  });

  it('numbers several issues of a category in one line', () => {
    const issues = { passport_photo: [issue('with_shadow_light'), issue('cut_on_sides')], business: [] };
    expect(issueText(issues, country)).toEqual([
      {
        header: '🛂 תצלום דרכון',
        list:
          '1) תצלום הדרכון חתוך בצדדים. נא לשלוח תצלום שבו רואים את העמוד כולו. ' +
          '2) יש צל או סינוור בתצלום הדרכון. נא לשלוח תצלום בתאורה אחידה, ללא צל או השתקפות.',
      },
    ]);
  });

  it('tells issues of several categories under a header for all, in the order of the catalogue', () => {
    const issues = { passport_expiry: [issue('expired_passport')], face_photo: [issue('blurred_photo')] };
    expect(issueText(issues, country)).toEqual([
      {
        header: 'בעיות במסמכים',
        list:
          '1) תמונת הפנים מטושטשת. נא לשלוח תמונה חדה וברורה. ' +
          '2) תוקף הדרכון פג. נא לשלוח תצלום של דרכון בתוקף.',
      },
    ]);
  });

  it('names the country', () => {
    const [part] = issueText({ passport_expiry: [issue('valid_less_than_6_months')] }, country) ?? [];
    expect(part?.list).toContain('לבקשה לארה"ב נא');
  });

  it('tells an unknown code by its label, flat and isolated', () => {
    const issues = {
      face_photo: [issue('sunburn', ' Sun\nburn (2) '), issue('blurred_photo')],
    };
    expect(issueText(issues, country)?.map(({ list }) => list)).toEqual([
      '1) תמונת הפנים מטושטשת. נא לשלוח תמונה חדה וברורה. 2) \u2068Sun burn (2)\u2069',
    ]);
  });

  it('tells issues of an unknown category under the general header', () => {
    expect(issueText({ visa_stamp: [issue('odd', 'Odd stamp')] }, country)).toEqual([
      { header: 'בעיות במסמכים', list: '• \u2068Odd stamp\u2069' },
    ]);
  });

  it.each([
    ['without a label', { face_photo: [{ value: 'sunburn' }] }],
    ['with an empty label', { face_photo: [issue('blurred_photo'), issue('sunburn', ' \n ')] }],
    ['with a label that shows nothing', { face_photo: [issue('sunburn', '\u200b')] }],
    ['with a label that no message holds', { face_photo: [issue('sunburn', 'x'.repeat(800))] }],
  ])('is withheld as a whole for an unknown code %s', (_name, issues) => {
    expect(issueText(issues, country)).toBeUndefined();
  });

  it('is withheld without issues, and without a country', () => {
    expect(issueText({}, country)).toBeUndefined();
    expect(issueText({ face_photo: [] }, country)).toBeUndefined();
    expect(issueText({ face_photo: [issue('blurred_photo')] }, ' ')).toBeUndefined();
  });

  it('is told in several notices when one cannot hold it: by category, then by pieces', () => {
    const parts = issueText(all, country) ?? [];
    expect(parts.map(({ header }) => header)).toEqual([
      '📸 תמונת פנים',
      '📸 תמונת פנים',
      '🛂 תצלום דרכון',
      '💼 מסמכים עסקיים',
      '⏰ תוקף דרכון',
      '📋 פרטי בקשה',
    ]);
    const told = parts.map(({ list }) => list).join(' ');
    for (const { texts } of issueCatalogue)
      for (const text of Object.values(texts))
        expect(told.replace(/[\u2068\u2069]/g, '')).toContain(text.replaceAll('{country}', country));
    expect(parts.every(({ list }) => /^(1\) |• )/.test(list))).toBe(true);
  });

  it('fits the template, is final as a parameter, and is the same in any order', () => {
    fc.assert(
      fc.property(filings, (issues) => {
        const parts = issueText(issues, country);
        for (const { header, list } of parts ?? []) {
          expect(checkParameters(issueNotice, ['דנה לדוגמה', country, header, list])).toEqual([]);
          expect([asParameter(header), asParameter(list)]).toEqual([header, list]);
          expect(list).not.toMatch(/[{}]country/);
        }
        expect(issueText(shuffled(issues), country)).toEqual(parts);
      }),
    );
  });
});

describe('the canonical form of issues', () => {
  it('is the same for the same issues in any order, given any number of times', () => {
    fc.assert(
      fc.property(filings, (issues) => {
        expect(canonicalIssues(shuffled(issues))).toEqual(canonicalIssues(issues));
      }),
    );
  });

  it('has categories and codes; a label only of an unknown code', () => {
    const issues = {
      passport_photo: [issue('not_straight', 'Not straight'), issue('not_straight', 'Crooked')],
      face_photo: [issue('sunburn', ' Sun  burn '), issue('blurred_photo'), issue('sunburn', 'Sun burn')],
      business: [],
    };
    expect(canonicalIssues(issues)).toEqual([
      { category: 'face_photo', value: 'blurred_photo' },
      { category: 'face_photo', value: 'sunburn', label: 'Sun burn' },
      { category: 'passport_photo', value: 'not_straight' },
    ]);
  });

  it('differs for other codes, other categories and other words', () => {
    const forms = [
      { face_photo: [issue('blurred_photo')] },
      { passport_photo: [issue('blurred_photo')] },
      { face_photo: [issue('wrong_photo')] },
      { face_photo: [issue('sunburn', 'Sunburn')] },
      { face_photo: [issue('sunburn', 'Tan')] },
    ].map((issues) => JSON.stringify(canonicalIssues(issues)));
    expect(new Set(forms).size).toBe(forms.length);
  });
});

type Filing = Record<string, { value: string; label: string }[]>;

/** Everything the other way round, and everything twice. */
function shuffled(issues: Filing): Filing {
  const reversed = Object.entries(issues).toReversed();
  return Object.fromEntries(
    reversed.map(([category, given]) => [category, [...given.toReversed(), ...given]]),
  );
}
