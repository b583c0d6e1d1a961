import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Listed, onceFor, successBody } from './envelope.js';

const schema = z.object({ name: z.string() });
const read = (body: string | Buffer) => JSON.parse(body.toString()) as Record<string, unknown>;

describe('the body of an answer', () => {
  it.each([
    [{ name: 'a', secret: 1 }, { name: 'a' }],
    [Object.freeze({ name: 'שלום "', secret: 1 }), { name: 'שלום "' }],
  ])('holds of %j what its schema names, and who asked', (payload, data) => {
    expect(read(successBody(payload, 'id-1', schema))).toEqual({
      success: true,
      data,
      meta: { timestamp: expect.any(String), requestId: 'id-1' },
    });
  });

  it('of a list holds its pagination', () => {
    const list = new Listed([{ name: 'a' }], { nextCursor: 'x', perPage: 1 });
    expect(read(successBody(list, 'id', schema))).toMatchObject({
      data: [{ name: 'a' }],
      pagination: { nextCursor: 'x', perPage: 1 },
    });
  });

  it('is JSON without data when there is none, and with null when that is the answer', () => {
    expect(read(successBody(undefined, 'id', undefined))).not.toHaveProperty('data');
    expect(read(successBody(null, 'id', undefined))).toHaveProperty('data', null);
  });
});

describe('an answer that many share', () => {
  const shared = Object.freeze({ name: 'a', secret: 1 });

  it('names each caller’s own request', () => {
    for (const id of ['one', 'two'])
      expect(read(successBody(shared, id, schema))).toMatchObject({ meta: { requestId: id } });
  });

  it('shows by each route what that route’s schema names', () => {
    const whole = z.object({ name: z.string(), secret: z.number() });
    for (let again = 0; again < 2; again += 1) {
      expect(read(successBody(shared, 'id', whole))).toMatchObject({ data: { name: 'a', secret: 1 } });
      expect(read(successBody(shared, 'id', schema))).toMatchObject({ data: { name: 'a' } });
      expect(read(successBody(shared, 'id', schema)).data).not.toHaveProperty('secret');
    }
  });

  it('that does not fit its schema fails each time', () => {
    const odd = Object.freeze({ nome: 'a' });
    for (let again = 0; again < 2; again += 1) expect(() => successBody(odd, 'id', schema)).toThrow('name');
  });

  it('is made once of a value that cannot change, and anew of one that can', () => {
    const make = onceFor((from: { n: number }) => ({ twice: 2 * from.n }));
    const fixed = Object.freeze({ n: 2 });
    expect(make(fixed)).toBe(make(fixed));
    const open = { n: 2 };
    make(open);
    open.n = 3;
    expect(make(open)).toEqual({ twice: 6 });
  });
});
