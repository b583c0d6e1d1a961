import { describe, expect, it } from '@jest/globals';
import { judgeSend } from './send-outcome.js';
import { checkParameters, orderConfirmation } from './templates.js';

const eight = ['דנה', 'הודו', '🇮🇳', 'IL260105IN10', 'תיירות לשנה', '2', '498', '3'];
const replaced = (text: string) => eight.with(4, text);

describe('the parameters of the confirmation', () => {
  it('fit', () => {
    expect(checkParameters(orderConfirmation, eight)).toEqual([]);
    expect(checkParameters(orderConfirmation, replaced('a    b'))).toEqual([]);
  });

  it.each([
    ['too few', eight.slice(1), /takes 8 parameters, not 7/],
    ['an empty one', replaced(''), /parameter 5 is empty/],
    ['a line break', replaced('a\nb'), /parameter 5 has a line break/],
    ['a tab', replaced('a\tb'), /a tab/],
    ['five blanks', replaced('a     b'), /a run of blanks/],
    ['too long', replaced('x'.repeat(1025)), /parameter 5 is too long/],
  ])('do not fit: %s', (_name, parameters, problem) => {
    expect(checkParameters(orderConfirmation, parameters).join()).toMatch(problem);
  });
});

describe('what becomes of a message that was not simply accepted', () => {
  it.each([
    ['unavailable', 'econnrefused', 99, 'retry'],
    ['unavailable', 'http-429', 99, 'retry'],
    ['unavailable', 'success-false', 4, 'retry'],
    ['unavailable', 'success-false', 5, 'failed'],
    ['rejected', 'http-400', 1, 'failed'],
    ['unknown', 'http-500', 1, 'uncertain'],
    ['unknown', 'timeouterror', 99, 'uncertain'],
    ['unexpected', 'unexpected-shape', 1, 'uncertain'],
  ] as const)('%s (%s) at attempt %d: %s', (kind, reason, attempt, outcome) => {
    expect(judgeSend({ kind, reason }, attempt)).toBe(outcome);
  });
});
