import { describe, expect, it } from '@jest/globals';
import { Reading } from '../read-field.js';
import { isDeeper, storedJson, unknownFields, verbatim } from './stored-json.js';

/** A value inside so many lists or objects. */
const inLists = (depth: number): unknown => (depth === 0 ? 'x' : [inLists(depth - 1)]);
const inObjects = (depth: number): unknown => (depth === 0 ? 'x' : { a: 1, b: inObjects(depth - 1) });
function read<T>(reader: (reading: Reading) => T) {
  const reading = new Reading();
  const value = reader(reading);
  return [value, reading.warnings];
}

describe('what is kept without being understood', () => {
  it.each<[string, unknown, unknown]>([
    ['a word', 'x', 'x'],
    ['a number', 1.5, 1.5],
    ['no', false, false],
    ['zero', 0, 0],
    ['a list with holes', [null, 0, [], {}], [null, 0, [], {}]],
    ['nothing inside', { a: null, b: '' }, { a: null, b: '' }],
    ['what JSON cannot say', { a: undefined, b: 1n }, { a: null, b: null }],
    ['an unusual text', { 'a\u0000': 'b\ud800' }, { a: 'b\ufffd' }],
    ['nothing', null, undefined],
    ['an empty text', '', undefined],
    ['an empty list', [], undefined],
    ['an empty object', {}, undefined],
  ])('is kept as it came: %s', (_name, given, expected) => {
    expect(read((reading) => verbatim(given, 'f', reading))).toEqual([expected, []]);
  });

  it('is equal text when it is equal', () => {
    const [one, other] = [
      { b: { d: 1, c: [{ y: 1, x: 2 }] }, a: 1 },
      { a: 1, b: { c: [{ x: 2, y: 1 }], d: 1 } },
    ].map((value) => JSON.stringify(verbatim(value, 'f', new Reading())));
    expect(one).toBe('{"a":1,"b":{"c":[{"x":2,"y":1}],"d":1}}');
    expect(other).toBe(one);
  });

  it.each([
    ['lists', inLists],
    ['objects', inObjects],
  ])('is at most forty %s deep', (_name, nested) => {
    expect([isDeeper(nested(40)), isDeeper(nested(41))]).toEqual([false, true]);
    expect(read((reading) => verbatim(nested(40), 'f', reading))).toEqual([nested(40), []]);
    expect(read((reading) => verbatim(nested(41), 'f', reading))).toEqual([undefined, ['f:too-deep']]);
  });

  it('is as deep as its deepest part', () => {
    expect(isDeeper(['x', inLists(40), 'x'])).toBe(true);
    expect(isDeeper({ a: 1, b: inObjects(40), c: 1 })).toBe(true);
    expect([null, 'x', 7, [], {}].map((value) => isDeeper(value, 0))).toEqual([
      ...[false, false, false, true, true],
    ]);
  });
});

describe('the fields that no reader knows', () => {
  const known = new Set(['id', 'name']);

  it('are kept, those that hold something', () => {
    const object = {
      id: 1,
      zodiac: 'lion',
      none: null,
      empty: {},
      blank: '',
      list: [],
      no: false,
      name: 'x',
    };
    expect(read((reading) => unknownFields(object, known, 'f', reading))).toEqual([
      { no: false, zodiac: 'lion' },
      [],
    ]);
  });

  it('are nothing where all are known or empty', () => {
    const object = { id: 1, name: 'x', empty: {}, none: null };
    expect(read((reading) => unknownFields(object, known, 'f', reading))).toEqual([undefined, []]);
  });
});

describe('the bytes under which content is kept', () => {
  it('are at most a million', () => {
    const text = (length: number) => read((reading) => storedJson('x'.repeat(length - 2), 'f', reading));
    expect(text(1_000_000)).toEqual([Buffer.from(`"${'x'.repeat(999_998)}"`), []]);
    expect(text(1_000_001)).toEqual([null, ['f:too-large']]);
  });

  it('are none for nothing', () => {
    expect(read((reading) => storedJson(undefined, 'f', reading))).toEqual([null, []]);
  });
});
