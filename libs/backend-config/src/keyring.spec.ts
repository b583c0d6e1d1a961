import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from './load.js';
import { slices } from './slices.js';

const random = () => randomBytes(32).toString('base64');
const { encryption } = slices;

const keysOf = (given: string | undefined, NODE_ENV = 'production') =>
  loadConfig({ NODE_ENV, ENCRYPTION_KEYS: given }, { encryption }).encryption.keys;

describe('the keys that data at rest is sealed with', () => {
  it('are read in their order, the first one first, whatever blanks stand between them', () => {
    const [first, second] = [random(), random()];
    const keys = keysOf(`k2:${first}, k1:${second}`);
    expect(keys.map(({ id, key }) => [id, key.toString('base64')])).toEqual([
      ['k2', first],
      ['k1', second],
    ]);
  });

  it.each([
    ['no name', () => random()],
    ['a short key', () => `k1:${randomBytes(31).toString('base64')}`],
    ['a long key', () => `k1:${randomBytes(33).toString('base64')}`],
    ['no base64', () => `k1:${'!'.repeat(44)}`],
    ['a name twice', () => `k1:${random()},k1:${random()}`],
    ['a good key and an empty one', () => `k1:${random()},`],
    ['a name that could be taken for something else', () => `K|1:${random()}`],
    ['nothing but a word', () => 'changeme'],
  ])('are refused with %s, in words that do not repeat them', (_name, given) => {
    const keys = given();
    for (const kind of ['production', 'development'])
      expect(() => keysOf(keys, kind)).toThrow(/ENCRYPTION_KEYS must be keys as name:base64 of 32 bytes/);
    try {
      keysOf(keys);
    } catch (error) {
      if (keys.length > 20) expect(String(error)).not.toContain(keys.slice(4, 20));
    }
  });

  it('are demanded in production, where nobody may go on with those of development', () => {
    expect(() => keysOf(undefined)).toThrow(/ENCRYPTION_KEYS is required in production/);
    const [development] = keysOf(undefined, 'development');
    const written = `${development.id}:${development.key.toString('base64')}`;
    expect(keysOf(written, 'development')).toHaveLength(1);
    expect(() => keysOf(written)).toThrow(/ENCRYPTION_KEYS is too weak for production/);
    expect(() => keysOf(`k1:${random()},${written}`)).toThrow(/ENCRYPTION_KEYS is too weak for production/);
    expect(() => keysOf(`k1:${Buffer.alloc(32, 7).toString('base64')}`)).toThrow(/too weak for production/);
  });
});
