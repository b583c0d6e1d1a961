import { describe, expect, it } from '@jest/globals';
import { destinationKey, destinations, findDestination } from './destinations.js';

const told = [
  ['india', 'הודו', 'India', '🇮🇳', 'IN', 'IND', 3],
  ['usa', 'ארה"ב', 'USA', '🇺🇸', 'US', 'USA', 3],
  ['uk', 'בריטניה', 'United Kingdom', '🇬🇧', 'GB', 'GBR', 3],
  ['canada', 'קנדה', 'Canada', '🇨🇦', 'CA', 'CAN', 3],
  ['israel', 'ישראל', 'Israel', '🇮🇱', 'IL', 'ISR', 3],
  ['thailand', 'תאילנד', 'Thailand', '🇹🇭', 'TH', 'THA', 3],
  ['korea', 'קוריאה', 'South Korea', '🇰🇷', 'KR', 'KOR', 3],
  ['vietnam', 'וייטנאם', 'Vietnam', '🇻🇳', 'VN', 'VNM', 7],
  ['saudi_arabia', 'ערב הסעודית', 'Saudi Arabia', '🇸🇦', 'SA', 'SAU', 3],
  ['indonesia', 'אינדונזיה', 'Indonesia', '🇮🇩', 'ID', 'IDN', 3],
  ['bahrain', 'בחריין', 'Bahrain', '🇧🇭', 'BH', 'BHR', 3],
  ['new_zealand', 'ניו זילנד', 'New Zealand', '🇳🇿', 'NZ', 'NZL', 3],
  ['cambodia', 'קמבודיה', 'Cambodia', '🇰🇭', 'KH', 'KHM', 3],
  ['schengen', 'אזור שנגן', 'Schengen Area', '🇪🇺', 'EU', 'eu', 3],
  ['morocco', 'מרוקו', 'Morocco', '🇲🇦', 'MA', 'MAR', 5],
  ['sri_lanka', 'סרי לנקה', 'Sri Lanka', '🇱🇰', 'LK', 'LKA', 3],
  ['togo', 'טוגו', 'Togo', '🇹🇬', 'TG', 'TGO', 3],
] as const;

describe('the seventeen destinations', () => {
  it('are all there, each once', () => {
    expect(destinations.map(({ key }) => key).sort()).toEqual(told.map(([key]) => key).sort());
  });

  it.each(told)(
    'customers of %s read %s, whatever way it is spelled (V20)',
    (key, hebrew, english, flag, alpha2, alpha3, usualDays) => {
      const destination = { key, hebrew, english, flag, usualDays };
      const words = key.replaceAll('_', ' ');
      const spellings = [
        ...[key, key.toUpperCase(), ` ${key} `, key.replaceAll('_', '-'), key.replaceAll('_', '__')],
        ...[words, words.toUpperCase(), words.replaceAll(' ', '  '), words.replaceAll(' ', '')],
        ...[`${words} ${flag}`, `${flag} ${words}`, `${english} ${flag}`, flag],
        ...[alpha2, alpha3, alpha2.toLowerCase(), alpha3.toLowerCase(), english, english.toUpperCase()],
        ...[hebrew, `${hebrew} ${flag}`, `  ${hebrew}  `, `\u200f${hebrew}`],
      ];
      for (const spelling of spellings) {
        expect([spelling, findDestination(spelling)]).toEqual([spelling, destination]);
        expect([spelling, destinationKey(spelling)]).toEqual([spelling, key]);
      }
    },
  );

  it.each([
    ['Republic of India', 'india'],
    ['United States', 'usa'],
    ['The United States', 'usa'],
    ['America', 'usa'],
    ['United States of America', 'usa'],
    ['U.S.A.', 'usa'],
    ['ארצות הברית', 'usa'],
    ['ארה״ב', 'usa'],
    ['ארהב', 'usa'],
    ['Great Britain', 'uk'],
    ['Britain', 'uk'],
    ['England', 'uk'],
    ['The United Kingdom', 'uk'],
    ['הממלכה המאוחדת', 'uk'],
    ['אנגליה', 'uk'],
    ['State of Israel', 'israel'],
    ['Korea', 'korea'],
    ['Korea, Republic of', 'korea'],
    ['Republic of Korea', 'korea'],
    ['Korea South', 'korea'],
    ['דרום קוריאה', 'korea'],
    ['קוריאה הדרומית', 'korea'],
    ['Viet Nam', 'vietnam'],
    ['ויטנאם', 'vietnam'],
    ['וייטנם', 'vietnam'],
    ['ויאטנם', 'vietnam'],
    ['Saudi', 'saudi_arabia'],
    ['KSA', 'saudi_arabia'],
    ['Kingdom of Saudi Arabia', 'saudi_arabia'],
    ['סעודיה', 'saudi_arabia'],
    ['ניו־זילנד', 'new_zealand'],
    ['שנגן', 'schengen'],
    ['Schengen', 'schengen'],
    ['Schengen Zone', 'schengen'],
    ['Kingdom of Bahrain', 'bahrain'],
    ['בחרין', 'bahrain'],
    ['Maroc', 'morocco'],
    // Letters of another width are the same letters.
    ['Ｉｎｄｉａ', 'india'],
  ])('are known by their other name "%s"', (spelling, key) => {
    expect(findDestination(spelling)?.key).toBe(key);
  });

  it.each([
    ...['', ' ', 'atlantis', 'North Korea', 'korea north', 'indian', 'ind ia n', '🇫🇷', 'FR', 'SC', '-'],
    ...['constructor', '__proto__', 'toString', 'atlantis 🇮🇳', 'India 🇻🇳', '🇮🇳🇻🇳', 'india vietnam', null],
  ])('are never guessed from %j', (spelling) => {
    expect(findDestination(spelling)).toBeUndefined();
    // Nor from the key under which they are kept.
    if (spelling !== null) expect(findDestination(destinationKey(spelling))).toBeUndefined();
  });

  it('leave an unknown country as it was spelled, as a word', () => {
    expect(destinationKey(' New Atlantis 🇫🇷')).toBe('new_atlantis');
  });
});
