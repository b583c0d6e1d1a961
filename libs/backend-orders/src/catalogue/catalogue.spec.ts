import { describe, expect, it } from '@jest/globals';
import { isKnownUrgency, isUrgent, processingDays } from './processing-time.js';
import { findValidity, validities } from './validities.js';
import { validityEnglish, visaTextHebrew } from './visa-text.js';

describe('what was bought, in Hebrew', () => {
  const evisa = { productDocType: 'evisa', productIntent: 'tourism', productEntries: 'multiple' };

  it.each([
    ['2_weeks', 14, 'לשבועיים', '2 weeks'],
    ['15_days', 15, 'ל-15 ימים', '15 days'],
    ['month', 30, 'לחודש', '1 month'],
    ['2_months', 60, 'לחודשיים', '2 months'],
    ['3_months', 90, 'ל-3 חודשים', '3 months'],
    ['6_months', 180, 'לחצי שנה', '6 months'],
    ['year', 365, 'לשנה', '1 year'],
    ['2_years', 730, 'לשנתיים', '2 years'],
    ['3_years', 1095, 'ל-3 שנים', '3 years'],
    ['5_years', 1825, 'ל-5 שנים', '5 years'],
    ['10_years', 3650, 'ל-10 שנים', '10 years'],
  ])('tells the validity %s in every spelling (V17, V19)', (key, days, hebrew, english) => {
    const spellings = [key, key.toUpperCase(), key.replaceAll('_', ' '), key.replaceAll('_', '-'), english];
    for (const productValidity of [...spellings, ` ${key} `, key.replaceAll('_', '__')]) {
      expect(findValidity(productValidity)).toEqual({ key, days, hebrew, english });
      expect(visaTextHebrew({ ...evisa, productValidity })).toBe(`תיירות, רב פעמית, ${hebrew}`);
      expect(visaTextHebrew({ productDocType: 'eta', productValidity })).toBe(`אישור נסיעה ${hebrew}`);
      expect(visaTextHebrew({ productDocType: 'visa', productValidity })).toBe(`ויזה ${hebrew}`);
      expect(validityEnglish(productValidity)).toBe(english);
    }
  });

  it('knows eleven validities and the other name of a month', () => {
    expect(validities).toHaveLength(11);
    expect(findValidity('1_month')).toBe(findValidity('month'));
  });

  it.each(['', ' ', '30_days', '30', '7_moons', 'months', '4_years', 'constructor', '__proto__', null])(
    'knows no validity %j',
    (validity) => {
      expect(findValidity(validity)).toBeUndefined();
      expect(validityEnglish(validity)).toBeUndefined();
    },
  );

  it.each([
    [{ productIntent: 'tourism', productEntries: 'multiple' }, 'תיירות, רב פעמית, לשנה'],
    [{ productIntent: 'tourism', productEntries: 'single' }, 'תיירות לשנה'],
    [{ productIntent: 'business', productEntries: 'double' }, 'עסקים לשנה'],
    [{ productIntent: 'general', productEntries: 'multiple' }, 'תיירות ועסקים, רב פעמית, לשנה'],
    [{ productIntent: 'Tourism', productEntries: 'Multiple' }, 'תיירות, רב פעמית, לשנה'],
    // The shop's rule: what states no intent is for tourists.
    [{ productIntent: null, productEntries: 'single' }, 'תיירות לשנה'],
    [{ productEntries: 'multiple' }, 'תיירות, רב פעמית, לשנה'],
    // Entries that are not stated are not told, as single and double ones are not.
    [{ productIntent: 'tourism', productEntries: null }, 'תיירות לשנה'],
  ])('tells %j as "%s"', (visa, text) => {
    expect(visaTextHebrew({ productDocType: 'evisa', productValidity: 'year', ...visa })).toBe(text);
  });

  it.each([
    { productValidity: '30_days' },
    { productValidity: null },
    { productValidity: 'constructor' },
    { productIntent: 'study' },
    { productIntent: 'unknown' },
    { productIntent: '' },
    { productEntries: '' },
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
    expect(processingDays('none', 4, 'atlantis')).toBe(4);
  });

  it.each([null, 'none', 'standard', 'normal', 'regular', 'None'])(
    'takes %j for no purchased speed',
    (urgency) => {
      expect(processingDays(urgency, 4, 'india')).toBe(4);
      expect(processingDays(urgency, null, 'morocco')).toBe(5);
      expect(processingDays(urgency, 0, 'Viet Nam')).toBe(7);
      expect([isUrgent(urgency), isKnownUrgency(urgency)]).toEqual([false, true]);
    },
  );

  it.each(['Next Day', 'next-day', ' NEXT_DAY ', 'next__day', 'next - day', '  next_day_ '])(
    'reads the spelling "%s" of a speed',
    (urgency) => {
      expect([processingDays(urgency, 4, 'india'), isUrgent(urgency)]).toEqual([1, true]);
    },
  );

  it.each(['warp', 'constructor', '', '2_days'])('promises nothing for the unknown speed %j', (urgency) => {
    expect(processingDays(urgency, 4, 'india')).toBeUndefined();
    expect([isUrgent(urgency), isKnownUrgency(urgency)]).toEqual([false, false]);
  });
});
