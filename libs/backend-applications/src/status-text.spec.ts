import { describe, expect, it } from '@jest/globals';
import { statusText } from './status-text.js';

const order = {
  status: 'Active 🔵',
  domainBranch: 'IL 🇮🇱',
  country: 'India 🇮🇳',
  type: 'evisa',
  intent: 'Tourism',
  entryCount: 'Multiple',
  validity: 'Year',
};
const say = (changes: Partial<typeof order> = {}, days: number | null = 3) =>
  statusText({ ...order, ...changes }, days);

describe('what the chatbot says of an order', () => {
  it.each([
    [
      'Active 🔵',
      'הבקשה שלך *תיירות, רב פעמית, לשנה* ל*הודו* 🇮🇳 ממתינה לאישור.\nזמן הטיפול: עד *3 ימי עסקים*.',
    ],
    [
      'Processing',
      'הבקשה שלך *תיירות, רב פעמית, לשנה* ל*הודו* 🇮🇳 נמצאת בטיפול.\nזמן הטיפול: עד *3 ימי עסקים*.',
    ],
    ['Completed (invented suffix)', 'הבקשה שלך *תיירות, רב פעמית, לשנה* ל*הודו* 🇮🇳 *אושרה*.'],
  ])('follows the status %s, with real line breaks', (status, text) => {
    expect(say({ status })).toBe(text);
  });

  it.each(['Issue 🛑', 'Canceled', 'Inactive', '', 'Uncompleted'])(
    'leaves the status "%s" to staff',
    (status) => {
      expect(say({ status })).toBeUndefined();
    },
  );

  it.each([
    ['another branch', { domainBranch: 'RU 🇷🇺' }],
    ['a branch that only begins like it', { domainBranch: 'ILX' }],
    ['a country nobody knows', { country: 'Atlantis' }],
    ['a flag that contradicts its country', { country: 'India 🇻🇳' }],
    ['a validity nobody knows', { validity: '7 moons' }],
    ['a kind of document nobody knows', { type: 'paper' }],
  ])('says nothing for %s', (_name, changes) => {
    expect(say(changes)).toBeUndefined();
  });

  it('names days only when they are known, and one day in its own words', () => {
    expect(say({}, null)).toBe('הבקשה שלך *תיירות, רב פעמית, לשנה* ל*הודו* 🇮🇳 ממתינה לאישור.');
    expect(say({}, 0)).not.toContain('זמן');
    expect(say({}, 1)).toContain('עד *יום עסקים אחד*.');
  });

  it('understands the spellings of the staff’s base', () => {
    expect(say({ country: 'Sri Lanka', type: 'eTA', validity: '6 months' })).toContain(
      '*אישור נסיעה לחצי שנה* ל*סרי לנקה* 🇱🇰',
    );
    expect(say({ country: 'Saudi Arabia 🇸🇦', entryCount: 'Single', validity: '2 weeks' })).toContain(
      '*תיירות לשבועיים*',
    );
  });
});
