import { describe, expect, it } from '@jest/globals';
import { isObject, objectAt, Reading, storableText } from './read-field.js';

/** What is read of one value, and the problems that are named. */
function readAs<T>(value: unknown, reader: (reading: Reading, object: { readonly v: unknown }) => T) {
  const reading = new Reading();
  const result = reader(reading, { v: value });
  return [result, reading.warnings.map((warning) => warning.replace('f:', ''))];
}

type Row = [value: unknown, expected: unknown, problems: string[]];
const unfilled = [undefined, null, ''].map((value): Row => [value, null, []]);

describe('a field of a body', () => {
  it.each<Row>([
    ...unfilled,
    [' a b ', 'a b', []],
    ['   ', null, []],
    [7, null, ['not-text']],
    [[], null, ['not-text']],
    [{}, null, ['not-text']],
    [false, null, ['not-text']],
    ['a\u0000', 'a', ['unstorable-characters']],
    ['\ud800', '\ufffd', ['unstorable-characters']],
    ['\u0000', null, ['unstorable-characters']],
    ['abcde', 'abcde', []],
    ['abcdef', 'abcde', ['too-long']],
    [' abcde ', 'abcde', []],
    ['😀😀😀', '😀😀😀', ['too-long']],
    ['ab😀😀😀cd', 'ab😀😀😀', ['too-long']],
  ])('is text as received, trimmed and cut: %j', (value, expected, problems) => {
    expect(readAs(value, (reading, object) => reading.text(object, 'v', 'f', 5))).toEqual([
      expected,
      problems,
    ]);
  });

  it('is text of at most two hundred characters where nothing else is said', () => {
    const text = (length: number) =>
      readAs('a'.repeat(length), (reading, object) => reading.text(object, 'v', 'f'));
    expect(text(200)).toEqual(['a'.repeat(200), []]);
    expect(text(201)).toEqual(['a'.repeat(200), ['too-long']]);
  });

  it.each<Row>([...unfilled, ['WhatsApp ', 'whatsapp', []], [7, null, ['not-text']]])(
    'is a word in lower case: %j',
    (value, expected, problems) => {
      expect(readAs(value, (reading, object) => reading.word(object, 'v', 'f'))).toEqual([
        expected,
        problems,
      ]);
    },
  );

  it.each<Row>([
    ...unfilled,
    ['007', '007', []],
    [7, '7', ['text-as-number']],
    [-7, '-7', ['text-as-number']],
    [7.5, null, ['not-text']],
    [2 ** 53, null, ['not-text']],
    [true, null, ['not-text']],
  ])('is a label, though somebody sent a number: %j', (value, expected, problems) => {
    expect(readAs(value, (reading, object) => reading.label(object, 'v', 'f'))).toEqual([expected, problems]);
  });

  it.each<Row>([
    ...unfilled,
    [true, true, []],
    [false, false, []],
    ['true', null, ['not-yes-or-no']],
    [1, null, ['not-yes-or-no']],
    [0, null, ['not-yes-or-no']],
  ])('is yes or no: %j', (value, expected, problems) => {
    expect(readAs(value, (reading, object) => reading.flag(object, 'v', 'f'))).toEqual([expected, problems]);
  });

  it.each<Row>([
    ...unfilled,
    [0, 0, []],
    [1_000, 1_000, []],
    [1_001, null, ['not-a-count']],
    [-1, null, ['not-a-count']],
    [1.5, null, ['not-a-count']],
    ['12', 12, ['number-as-text']],
    ['1001', null, ['not-a-count']],
    ['12 people', null, ['not-a-count']],
    ['x12', null, ['not-a-count']],
    ['0000000012', null, ['not-a-count']],
    [' ', null, ['not-a-count']],
    [Number.NaN, null, ['not-a-count']],
    [true, null, ['not-a-count']],
    [[5], null, ['not-a-count']],
  ])('is a count of at most a thousand: %j', (value, expected, problems) => {
    expect(readAs(value, (reading, object) => reading.count(object, 'v', 'f', 1_000))).toEqual([
      expected,
      problems,
    ]);
  });

  it.each<Row>([
    ...unfilled,
    [498, '498', []],
    [100, '100', []],
    [0, '0', []],
    [1234.05, '1234.05', []],
    [0.12345, '0.1235', []],
    [0.00001, '0', []],
    [999_999_999_999, '999999999999', []],
    [1e12, null, ['not-an-amount']],
    [-1, null, ['not-an-amount']],
    [Number.POSITIVE_INFINITY, null, ['not-an-amount']],
    [' 12.50 ', '12.50', ['number-as-text']],
    ['12.12345', null, ['not-an-amount']],
    ['12.', null, ['not-an-amount']],
    ['₪12', null, ['not-an-amount']],
    ['12 ILS', null, ['not-an-amount']],
    ['1234567890123', null, ['not-an-amount']],
    ['1,200', null, ['not-an-amount']],
    [true, null, ['not-an-amount']],
    [['5'], null, ['not-an-amount']],
  ])('is money as decimal text: %j', (value, expected, problems) => {
    expect(readAs(value, (reading, object) => reading.money(object, 'v', 'f'))).toEqual([expected, problems]);
  });

  it.each<Row>([
    ...unfilled,
    ['2026-03-05', '2026-03-05', []],
    ['2024-02-29', '2024-02-29', []],
    ['0001-01-01', '0001-01-01', []],
    ['2026-03-05T00:00', '2026-03-05', []],
    ['2026-03-05T00:00:00', '2026-03-05', []],
    ['2026-03-05T00:00:00Z', '2026-03-05', []],
    ['2026-03-05T00:00:00.000Z', '2026-03-05', []],
    ['2026-03-05T', '2026-03-05', ['has-a-time']],
    ['2026-03-05T21:00:00.000Z', '2026-03-05', ['has-a-time']],
    ['2026-03-05T00:00:01Z', '2026-03-05', ['has-a-time']],
    ['2026-03-05T00:00:00.5Z', '2026-03-05', ['has-a-time']],
    ['2026-03-05T00:00:00+02:00', '2026-03-05', ['has-a-time']],
    ['2026-03-05T10:00:00', '2026-03-05', ['has-a-time']],
    ['2025-02-29', null, ['not-a-day']],
    ['2026-04-31', null, ['not-a-day']],
    ['2026-13-01', null, ['not-a-day']],
    ['0001-01-02', '0001-01-02', []],
    ['2026-01-00', null, ['not-a-day']],
    ['0000-12-31', null, ['not-a-day']],
    ['2026-03-05 10:00', null, ['not-a-day']],
    ['on 2026-03-05', null, ['not-a-day']],
    ['12026-03-05', null, ['not-a-day']],
    [20260305, null, ['not-text']],
  ])('is a day of the calendar: %j', (value, expected, problems) => {
    expect(readAs(value, (reading, object) => reading.day(object, 'v', 'f'))).toEqual([expected, problems]);
  });
});

describe('what is odd about a body', () => {
  it('is named once each, fifty at most, then it is said that there is more', () => {
    const reading = new Reading();
    for (let i = 0; i < 50; i++) {
      reading.warn(`field${i}`, 'odd');
      reading.warn(`field${i}`, 'odd');
    }
    expect(reading.warnings).toEqual(Array.from({ length: 50 }, (_, i) => `field${i}:odd`));
    for (const field of ['field50', 'field51', 'field52']) reading.warn(field, 'odd');
    expect(reading.warnings.slice(49)).toEqual(['field49:odd', 'warnings:more']);
  });
});

describe('text and objects of others', () => {
  it.each([
    ['as it is', 'as it is'],
    ['😀', '😀'],
    ['a\u0000b\u0000c', 'abc'],
    ['a\udc00b', 'a\ufffdb'],
    ['\u0000\ud800', '\ufffd'],
  ])('hold only what Postgres can store: %j', (text, storable) => {
    expect(storableText(text)).toBe(storable);
  });

  it('are told apart from lists and from nothing', () => {
    expect([{}, { a: 1 }, [], null, undefined, 'x', 7].map(isObject)).toEqual([
      ...[true, true, false, false, false, false, false],
    ]);
    expect(objectAt({ a: { b: 1 }, c: [1] }, 'a')).toEqual({ b: 1 });
    expect(objectAt({ a: { b: 1 }, c: [1] }, 'c')).toEqual({});
    expect(objectAt({}, 'a')).toEqual({});
  });
});
