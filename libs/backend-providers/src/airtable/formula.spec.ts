import { describe, expect, it } from '@jest/globals';
import { equalsIgnoringCase, hasRecordId } from './formula.js';

/** Reads the literal of `LOWER({ID}) = '...'` as Airtable does; throws when anything stands outside it. */
function literalOf(formula: string): string {
  const literal = /^LOWER\(\{ID\}\) = '((?:[^'\\]|\\[\\'"])*)'$/s.exec(formula)?.[1];
  if (literal === undefined) throw new Error(`the value has left its quotes: ${formula}`);
  return literal.replace(/\\(.)/gs, '$1');
}

describe('a value in a formula', () => {
  it.each([
    ['an ordinary id', 'IL260105IN10'],
    ['a single quote', "o'neil@example.test"],
    ['quotes that close and open a condition', "x' , {ID} != '"],
    ['a union with everything', "') , TRUE() , LOWER('"],
    ['double quotes', '"dana"@example.test'],
    ['a backslash before the end', 'dana\\'],
    ['backslashes before a quote', "dana\\\\' OR 1"],
    ['an escaped quote', "dana\\'"],
    ['parentheses, braces and commas', '), {Email}, RECORD_ID() = ('],
    ['Hebrew and signs', 'דנה+לדוגמה@example.test'],
    ['emoji', 'dana🇮🇱@example.test'],
    ['quotes that are none to a formula', '‘dana’ʼ＇'],
    ['letters that grow when lowered', 'İSTANBUL'],
  ])('stays inside its quotes and means itself: %s', (_name, value) => {
    expect(literalOf(equalsIgnoringCase('ID', value))).toBe(value.toLowerCase());
  });

  it.each([
    ['nothing', ''],
    ['a line break', "dana\n' = '"],
    ['a carriage return', 'dana\r'],
    ['a tab', 'da\tna'],
    ['a null', 'dana\u0000'],
    ['a delete', 'dana\u007f'],
    ['a next line', 'dana\u0085'],
    ['a line separator', 'dana\u2028'],
    ['a paragraph separator', 'dana\u2029'],
    ['half a character', 'dana\ud83c'],
  ])('is refused when it holds %s', (_name, value) => {
    const failure = { vendor: 'airtable', kind: 'rejected', reason: 'unusable-value' };
    expect(() => equalsIgnoringCase('ID', value)).toThrow(expect.objectContaining(failure));
    expect(() => hasRecordId([value])).toThrow(expect.objectContaining(failure));
  });

  it('asks for records by their ids', () => {
    expect(hasRecordId(['rec1', "r'2"])).toBe("OR(RECORD_ID()='rec1',RECORD_ID()='r\\'2')");
  });
});
