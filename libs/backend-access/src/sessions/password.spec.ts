import { describe, expect, it } from '@jest/globals';
import { newPassword } from './password.js';

const problems = (given: unknown) =>
  newPassword.safeParse(given).error?.issues.map(({ message }) => message) ?? [];

describe('a password that somebody chooses', () => {
  it.each([['Korrekt-Pferd-7'], ['Käse+Brot=Mahlzeit 4'], ['Молоко-и-Хлеб-8'], [`Aa1!${'xyz'.repeat(22)}`]])(
    'may be %s',
    (given) => {
      expect(problems(given)).toEqual([]);
    },
  );

  it.each([
    ['Short-7aA', 'must have at least 12 characters'],
    [`Aa1!${'xyz'.repeat(23)}`, 'must have at most 72 bytes'],
    ['KORREKT-PFERD-7', 'must have a lower-case letter'],
    ['korrekt-pferd-7', 'must have an upper-case letter'],
    ['Korrekt-Pferd-x', 'must have a digit'],
    ['KorrektPferd77', 'must have a symbol such as ! or -'],
    ['My-Password-2026', 'must not hold a common word or row of keys'],
    ['VisaNet-is-good-7', 'must not hold a common word or row of keys'],
    ['Xy-123456-abcz', 'must not hold a common word or row of keys'],
    ['Korrekt-Pferd-7aaaa', 'must not repeat a character four times'],
  ])('may not be %s', (given, problem) => {
    expect(problems(given)).toEqual([problem]);
  });

  it('is told all that is wrong with it, and nothing of it is repeated', () => {
    expect(problems('abc')).toHaveLength(4);
    expect(problems('abc').join()).not.toContain('abc');
    expect(problems(7)).toEqual(['must be a text']);
  });
});
