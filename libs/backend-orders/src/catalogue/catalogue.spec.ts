import { describe, expect, it } from '@jest/globals';
import { findDestination } from './destinations.js';
import { isKnownUrgency, isUrgent, processingDays } from './processing-time.js';
import { validityEnglish, visaTextHebrew } from './visa-text.js';

describe('destinations', () => {
  it.each([
    ['india', 'הודו', '🇮🇳'],
    ['usa', 'ארה"ב', '🇺🇸'],
    ['uk', 'בריטניה', '🇬🇧'],
    ['canada', 'קנדה', '🇨🇦'],
    ['israel', 'ישראל', '🇮🇱'],
    ['thailand', 'תאילנד', '🇹🇭'],
    ['korea', 'קוריאה', '🇰🇷'],
    ['vietnam', 'וייטנאם', '🇻🇳'],
    ['saudi_arabia', 'ערב הסעודית', '🇸🇦'],
    ['indonesia', 'אינדונזיה', '🇮🇩'],
    ['bahrain', 'בחריין', '🇧🇭'],
    ['new_zealand', 'ניו זילנד', '🇳🇿'],
    ['cambodia', 'קמבודיה', '🇰🇭'],
    ['schengen', 'אזור שנגן', '🇪🇺'],
    ['morocco', 'מרוקו', '🇲🇦'],
    ['sri_lanka', 'סרי לנקה', '🇱🇰'],
    ['togo', 'טוגו', '🇹🇬'],
  ])('tells customers of %s as %s %s (V20)', (key, hebrew, flag) => {
    expect(findDestination(key)).toMatchObject({ key, hebrew, flag });
  });

  it.each(['Sri Lanka', 'sri_lanka', ' SRI  LANKA ', 'Sri-Lanka 🇱🇰'])('knows "%s"', (spelling) => {
    expect(findDestination(spelling)?.key).toBe('sri_lanka');
  });

  it.each(['', 'atlantis', 'constructor', '__proto__', 'in', null])('guesses nothing for %j', (spelling) => {
    expect(findDestination(spelling)).toBeUndefined();
  });
});

describe('what was bought, in Hebrew', () => {
  const evisa = { productDocType: 'evisa', productIntent: 'tourism', productEntries: 'multiple' };

  it.each([
    ['2_weeks', 'לשבועיים', '2 weeks'],
    ['15_days', 'ל-15 ימים', '15 days'],
    ['month', 'לחודש', '1 month'],
    ['2_months', 'לחודשיים', '2 months'],
    ['3_months', 'ל-3 חודשים', '3 months'],
    ['6_months', 'לחצי שנה', '6 months'],
    ['year', 'לשנה', '1 year'],
    ['2_years', 'לשנתיים', '2 years'],
    ['3_years', 'ל-3 שנים', '3 years'],
    ['5_years', 'ל-5 שנים', '5 years'],
    ['10_years', 'ל-10 שנים', '10 years'],
  ])('tells the validity %s (V17, V19)', (productValidity, hebrew, english) => {
    expect(visaTextHebrew({ ...evisa, productValidity })).toBe(`תיירות, רב פעמית, ${hebrew}`);
    expect(visaTextHebrew({ productDocType: 'eta', productValidity })).toBe(`אישור נסיעה ${hebrew}`);
    expect(validityEnglish(productValidity)).toBe(english);
  });

  it.each([
    [{ productIntent: 'tourism', productEntries: 'multiple' }, 'תיירות, רב פעמית, לשנה'],
    [{ productIntent: 'tourism', productEntries: 'single' }, 'תיירות לשנה'],
    [{ productIntent: 'business', productEntries: 'double' }, 'עסקים לשנה'],
    [{ productIntent: 'general', productEntries: 'multiple' }, 'תיירות ועסקים, רב פעמית, לשנה'],
    [{ productIntent: null, productEntries: null }, 'תיירות לשנה'],
  ])('tells %j as "%s"', (visa, text) => {
    expect(visaTextHebrew({ productDocType: 'evisa', productValidity: 'year', ...visa })).toBe(text);
  });

  it.each([
    { productValidity: '30_days' },
    { productValidity: null },
    { productValidity: 'constructor' },
    { productIntent: 'study' },
    { productEntries: 'triple' },
    { productDocType: 'scroll' },
    { productDocType: null },
  ])('says nothing rather than something wrong: %j', (change) => {
    expect(visaTextHebrew({ ...evisa, productValidity: 'year', ...change })).toBeUndefined();
  });
});

describe('processing time', () => {
  it.each([
    ['next_day', 1, true],
    ['few_hours', 1, true],
    ['urgent', 1, true],
    ['express', 1, true],
    ['rush', 1, true],
    ['priority', 1, true],
    ['1_2_days', 2, false],
    ['3_days', 3, false],
    ['5_days', 5, false],
    ['5_15_days', 15, false],
  ])('promises for the purchased speed %s its upper bound, %d', (urgency, days, urgent) => {
    expect(processingDays(urgency, 30, 'vietnam')).toBe(days);
    expect(isUrgent(urgency)).toBe(urgent);
    expect(isKnownUrgency(urgency)).toBe(true);
  });

  it('promises nothing for an unknown country without a wait of its own', () => {
    expect(processingDays(null, null, 'atlantis')).toBeUndefined();
    expect(processingDays('none', 0, null)).toBeUndefined();
    expect(processingDays('warp', 4, 'atlantis')).toBe(4);
  });

  it('knows no speed that the shop does not sell', () => {
    for (const urgency of ['warp', 'constructor', '']) expect(isKnownUrgency(urgency)).toBe(false);
  });
});
