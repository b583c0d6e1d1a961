import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defineFamily, type Family } from './family.js';
import { encodePart, type KeyPart, keyOf, parsePattern, under } from './key.js';
import { keys } from './keys.js';

const any: Family = defineFamily({
  name: 'any',
  parts: (...parts: [KeyPart, ...KeyPart[]]) => parts,
  budgetBytes: 1,
  memoryEntries: 1,
});
const key = (...parts: readonly KeyPart[]): string => keyOf(any, parts).key;

const scalar = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', ':', '*', '~', '%', 'null', '1', 'a:b', 'undefined', '\ud800', '\udc00', '__proto__'),
  fc.integer(),
  fc.double({ noNaN: true }).map((number) => number + 0),
  fc.boolean(),
  fc.constant(null),
  fc.date({ noInvalidDate: true }),
);
const part: fc.Arbitrary<KeyPart> = fc.oneof(
  scalar,
  fc.constant(undefined),
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.string(), scalar, { maxKeys: 4 }),
);
const parts = fc.array(part, { minLength: 1, maxLength: 4 });

/** Whether two lists of arguments are the same question; told apart by Node's own serializer, not by ours. */
function isSame(left: unknown, right: unknown): boolean {
  try {
    expect(left).toStrictEqual(right);
    return true;
  } catch {
    return false;
  }
}

describe('a cache key', () => {
  it('is the same for the same arguments and differs for different ones', () => {
    fc.assert(
      fc.property(parts, parts, (left, right) => {
        expect(key(...copy(left))).toBe(key(...left));
        expect(key(...left) === key(...right)).toBe(isSame(plain(left), plain(right)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads well where its parts do', () => {
    expect(key('IL260105IN10', 'a_b-c.d')).toBe('IL260105IN10:a_b-c.d');
    expect([key('a:b'), key('א'), key(''), key(1), key(null)]).toEqual([
      'a%003ab',
      '%05d0',
      '~e',
      '~1',
      '~null',
    ]);
  });

  it('is made of one part at least', () => {
    expect(() => keyOf({ ...any, parts: (() => []) as never }, [])).toThrow('any made a key of no parts');
  });

  it('differs when the same characters are cut elsewhere', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string({ minLength: 1 }), (left, right, moved) => {
        expect(key(`${left}:${moved}`, right)).not.toBe(key(left, `${moved}:${right}`));
        expect(key(left + moved, right)).not.toBe(key(left, moved + right));
      }),
    );
  });

  it('tells kinds apart that look alike', () => {
    const alike = [
      '1',
      1,
      '~1',
      ['1'],
      [1],
      '[1]',
      true,
      'true',
      null,
      'null',
      undefined,
      'undefined',
      '',
      [],
      {},
    ];
    expect(new Set(alike.map((one) => key(one))).size).toBe(alike.length);
    const time = new Date(0);
    expect(key(time)).not.toBe(key(time.toISOString()));
    expect(key({ at: time })).not.toBe(key({ at: time.getTime() }));
  });

  it('does not mind the order of fields, nor fields that are undefined', () => {
    expect(key({ a: 1, b: { c: 2, d: 3 } })).toBe(key({ b: { d: 3, c: 2 }, a: 1, e: undefined }));
    expect(key({ a: 1 })).not.toBe(key({ a: 2 }));
    expect(key([1, 2])).not.toBe(key([2, 1]));
  });

  it('stays short, whatever it is made of', () => {
    const long = 'א'.repeat(10_000);
    expect(key(long, long).length).toBeLessThan(150);
    expect(key(long)).not.toBe(key(`${long}א`));
  });

  it('of a page of orders holds the whole filter and the page', () => {
    const list = (filter: object, page: object): string => keyOf(keys.orders, [{ filter, page }]).key;
    const first = { kind: 'page', page: 1, perPage: 20 };
    const asked = [
      list({}, first),
      list({ branch: 'il' }, first),
      list({ branch: 'il' }, { ...first, page: 2 }),
      list({ branch: 'il' }, { kind: 'cursor', after: null, perPage: 20 }),
      list({ branch: 'il' }, { kind: 'cursor', after: '1', perPage: 20 }),
      list({ createdFrom: new Date(1) }, first),
      list({ createdFrom: new Date(2) }, first),
      list({ createdTo: new Date(2) }, first),
    ];
    expect(new Set(asked).size).toBe(asked.length);
  });
});

describe('a pattern', () => {
  it('finds the first part it was made of and no other', () => {
    fc.assert(
      fc.property(part, part, (wanted, other) => {
        const target = parsePattern(under(any, wanted), [any]);
        expect(target).toEqual({ family: 'any', part: keyOf(any, [wanted, other]).part });
        expect(target.part === encodePart(other)).toBe(isSame(plain([wanted]), plain([other])));
      }),
    );
  });

  it('of a whole family has no part', () => {
    expect(parsePattern('any:*', [any])).toStrictEqual({ family: 'any' });
    expect(parsePattern('order:IL260105IN10:*', Object.values(keys))).toEqual({
      family: 'order',
      part: 'IL260105IN10',
    });
  });

  it.each([
    '',
    '*',
    'any',
    'any:',
    'any:a',
    'any:a*',
    'any:*:*',
    'any:a:b:*',
    ':*',
    'any::*',
    'a*y:*',
    ':any:*',
    'none:*',
  ])('is refused with the families there are: "%s"', (pattern) => {
    expect(() => parsePattern(pattern, [any])).toThrow(/families are any/);
  });
});

describe('the refusal of a pattern', () => {
  const refusal = (pattern: string): unknown => {
    try {
      return parsePattern(pattern, [any, { ...any, name: 'more' }]);
    } catch (error) {
      return error;
    }
  };

  it.each([
    [
      'any',
      'A pattern is family:* or family:<first part>:*',
      'has not the form family:* or family:<first part>:*',
    ],
    ['none:*', 'There is no family none', 'must begin with one of any, more'],
  ])('names the field and what would be right: "%s"', (pattern, said, message) => {
    expect(refusal(pattern)).toMatchObject({
      category: 'invalid',
      message: `${said}; families are any, more.`,
      details: [{ path: 'pattern', message }],
    });
  });
});

describe('a family', () => {
  it('may fill some megabytes of Redis', () => {
    for (const { budgetBytes } of Object.values(keys)) {
      expect(budgetBytes).toBeGreaterThanOrEqual(1024 * 1024);
      expect(budgetBytes).toBeLessThanOrEqual(256 * 1024 * 1024);
    }
  });

  it.each(['', 'Order', 'a:b', 'a*', 'a b', '{a}', 'a--b', '-a'])('is not named "%s"', (name) => {
    expect(() => defineFamily({ ...any, name })).toThrow('no name for a key family');
  });
});

/** As a key sees it: without fields that are undefined. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const fields = Object.entries(value).filter(([, held]) => held !== undefined);
  return new Map(fields.map(([name, held]): [string, unknown] => [name, plain(held)]).sort());
}

function copy(value: readonly KeyPart[]): KeyPart[];
function copy(value: unknown): unknown;
function copy(value: unknown): unknown {
  if (value instanceof Date) return new Date(value);
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, held]) => [name, copy(held)]),
  );
}
