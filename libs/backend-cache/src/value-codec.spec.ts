import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeValue, encodeValue } from './value-codec.js';

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((given) => given + 0);
const time = fc.date();

describe('a cached value', () => {
  it('comes back as it was, whatever data it holds', async () => {
    const bytes = fc.uint8Array().map((given) => Buffer.from(given));
    const scalar = fc.oneof(
      fc.string({ unit: 'binary' }),
      number,
      fc.boolean(),
      fc.constant(null),
      time,
      bytes,
    );
    const name = fc.oneof(fc.string(), fc.constantFrom('$time', '$bytes', '$fields', '__proto__', 'toJSON'));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        scalar,
        fc.array(tie('value')),
        fc.dictionary(name, tie('value'), { noNullPrototype: true }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(value, async (given) => {
        expect(await decodeValue(await encodeValue(given))).toStrictEqual(given);
      }),
    );
  });

  it('keeps times and bytes what they are', async () => {
    const row = {
      expiresAt: new Date(5),
      hashedSecret: Buffer.from([1, 2, 255]),
      amount: '498.00',
    };
    const back = (await decodeValue(await encodeValue(row))) as typeof row;
    expect(back).toStrictEqual(row);
    expect(back.expiresAt).toBeInstanceOf(Date);
    expect(Buffer.isBuffer(back.hashedSecret)).toBe(true);
  });

  it('is text that reads well, marked only where it must be', async () => {
    const text = async (value: unknown): Promise<string> => (await encodeValue(value)).toString();
    expect(await text({ a: 1, b: undefined, c: ['$'] })).toBe('\u0000{"a":1,"c":["$"]}');
    expect(await text({ at: new Date(5) })).toBe('\u0000{"at":{"$time":5}}');
    expect(await text({ $a: 1 })).toBe('\u0000{"$fields":[["$a",1]]}');
  });

  it('may be an object without a prototype', async () => {
    const value = Object.assign(Object.create(null) as object, { a: 1 });
    await expect(decodeValue(await encodeValue(value))).resolves.toEqual({ a: 1 });
  });

  it('is compressed from 8 KB on', async () => {
    const sized = async (bytes: number) => (await encodeValue('a'.repeat(bytes - 2)))[0];
    expect([await sized(8 * 1024 - 1), await sized(8 * 1024)]).toEqual([0, 1]);
  });

  it('takes less room when it is big', async () => {
    const page = Array.from({ length: 200 }, (_, index) => ({
      orderId: `IL260105IN${index}`,
      clientName: 'דנה לדוגמה',
    }));
    const bytes = await encodeValue(page);
    expect(bytes.length).toBeLessThan(JSON.stringify(page).length / 4);
    await expect(decodeValue(bytes)).resolves.toEqual(page);
  });

  it('is refused when it is no data, or bytes of somebody else', async () => {
    for (const odd of [
      () => 1,
      new Map(),
      new Set(),
      1n,
      Number.NaN,
      Infinity,
      -0,
      undefined,
      Symbol('x'),
      new Error('x'),
    ])
      for (const value of [odd, [odd]]) await expect(encodeValue(value)).rejects.toThrow('cannot be kept');
    await expect(decodeValue(Buffer.from('x'))).rejects.toThrow('no cached value');
    for (const bytes of ['', 'x', '\u0000', '\u0000junk', '\u0001junk'])
      await expect(decodeValue(Buffer.from(bytes))).rejects.toThrow();
  });
});
