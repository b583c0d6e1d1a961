import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { needsOneOf, onlyKnown } from '../page-query.js';
import { timestamp } from '../time-input.js';
import { JsonSchemas } from './json-schemas.js';

describe('a schema of zod in the description', () => {
  it('stands once among the components when it has an id, and is referred to', () => {
    const schemas = new JsonSchemas();
    const thing = z.object({ at: timestamp.nullable() }).meta({ id: 'Thing' });
    const made = schemas.of(z.object({ first: thing, all: z.array(thing) }), 'output');
    const reference = { $ref: '#/components/schemas/Thing' };
    expect(made['properties']).toEqual({ first: reference, all: { type: 'array', items: reference } });
    const at = { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] };
    expect(schemas.components()).toEqual({ Thing: { type: 'object', properties: { at }, required: ['at'] } });
  });

  it('cannot take the id of another', () => {
    const schemas = new JsonSchemas();
    schemas.add('Thing', { type: 'string' });
    expect(() =>
      schemas.of(z.object({ a: z.object({ b: z.string() }).meta({ id: 'Thing' }) }), 'output'),
    ).toThrow('Two schemas have the id Thing');
  });

  it('is strict about what is sent, and open about what is answered', () => {
    const schema = z.strictObject({ a: z.string() });
    expect(new JsonSchemas().of(schema, 'input')).toMatchObject({ additionalProperties: false });
    expect(new JsonSchemas().of(schema, 'output')).not.toHaveProperty('additionalProperties');
  });

  it('says which fields of an object are needed, one or the other, as its check does', () => {
    const schema = needsOneOf(
      onlyKnown({ name: z.string().optional(), kind: z.string().optional(), reason: z.string() }),
      ['name', 'kind'],
      'name one, or a kind',
    ).prefault({ reason: 'x' });
    const text = { type: 'string' };
    const needing = (required: readonly string[]) =>
      expect.objectContaining({
        properties: { name: text, kind: text, reason: text },
        required,
        additionalProperties: false,
      });
    const made = new JsonSchemas().of(schema, 'input');
    expect(made['anyOf']).toEqual([needing(['reason', 'name']), needing(['reason', 'kind'])]);
    expect(Object.keys(made)).toEqual(['anyOf']);
    expect(schema.safeParse({ reason: 'x', kind: 'job' }).success).toBe(true);
    expect(schema.safeParse(undefined).error?.issues).toMatchObject([
      { path: ['name'], message: 'name one, or a kind' },
    ]);
  });
});
