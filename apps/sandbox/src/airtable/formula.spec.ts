import { describe, expect, it } from '@jest/globals';
import { parseFormula } from './formula.js';

const record = {
  id: 'rec1',
  createdTime: '',
  fields: { ID: 'IL260105IN10', Email: 'Dana@Example.test', Note: "it's, (so)" },
};

describe('parseFormula', () => {
  it.each([
    ["{ID} = 'IL260105IN10'", true],
    ["{ID}='other'", false],
    ["LOWER({Email}) = 'dana@example.test'", true],
    ["{Email} = 'dana@example.test'", false],
    ["RECORD_ID() = 'rec1'", true],
    ["OR(RECORD_ID()='rec0', RECORD_ID()='rec1')", true],
    ["AND({ID} = 'IL260105IN10', LOWER({Email}) = 'x')", false],
    ["OR({Note} = 'it\\'s, (so)', {ID} = 'x')", true],
    ['{Missing} = ""', true],
  ])('judges %s', (formula, expected) => {
    expect(parseFormula(formula)?.(record)).toBe(expected);
  });

  it.each(["{ID} = 'a' OR 1", "{ID} = 'it's'", 'LOWER({ID} = "a"', '1=1'])('refuses %s', (formula) => {
    expect(parseFormula(formula)).toBeUndefined();
  });
});
