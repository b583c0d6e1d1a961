import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hashSecret, isMisspelt, isSameHash, keyPattern, newPrefix, newSecret, splitKey } from './api-key.js';

const environments = ['production', 'test', 'development'] as const;
const words = { production: 'live', test: 'test', development: 'dev' };

function newKey(environment: (typeof environments)[number] = 'production'): string {
  const prefix = newPrefix(environment);
  return `${prefix}.${newSecret(prefix)}`;
}

describe('a key that is given out', () => {
  it.each(environments)(
    'is recognised by the one pattern that scanners use, and says where it is for: %s',
    (of) => {
      const key = newKey(of);
      expect(key).toMatch(keyPattern);
      expect(key).toMatch(new RegExp(`^visapi_${words[of]}_`));
      expect(isMisspelt(key)).toBe(false);
    },
  );

  it('splits into the prefix and the secret that it was made of', () => {
    const prefix = newPrefix('production');
    const secret = newSecret(prefix);
    expect(splitKey(`${prefix}.${secret}`)).toEqual({ prefix, secret });
  });

  it('has 190 bits that nobody can guess: 32 characters, each of 62 as likely as any other', () => {
    expect(32 * Math.log2(62)).toBeGreaterThan(190);
    const counts = new Map<string, number>();
    const keys = Array.from({ length: 4_000 }, () => newSecret('p').slice(0, 32));
    for (const character of keys.join('')) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(62);
    // 128,000 draws: 2,065 each, with a deviation of 45. Taken modulo 62, the first eight would be a quarter likelier.
    for (const count of counts.values()) expect(Math.abs(count - 2_065)).toBeLessThan(6.5 * 45);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is known to be misspelt when any one character is another, wherever it stands', () => {
    const characters = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
    const key = newKey();
    const places = [...key].flatMap((_, place) =>
      place >= 'visapi_live_'.length && key[place] !== '.' ? [place] : [],
    );
    fc.assert(
      fc.property(fc.constantFrom(...places), characters, (place, character) => {
        const typed = key.slice(0, place) + character + key.slice(place + 1);
        expect(isMisspelt(typed)).toBe(typed !== key);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is known to be misspelt when two neighbours changed places', () => {
    const key = newKey();
    for (let place = 'visapi_live_'.length; place + 1 < key.length; place += 1) {
      const [left = '', right = ''] = [key[place], key[place + 1]];
      if (left === '.' || right === '.' || left === right) continue;
      expect(isMisspelt(key.slice(0, place) + right + left + key.slice(place + 2))).toBe(true);
    }
  });

  it('of one prefix is not taken for one of another', () => {
    const [one, other] = [newPrefix('production'), newPrefix('production')];
    expect(isMisspelt(`${other}.${newSecret(one)}`)).toBe(true);
  });
});

describe('any other key', () => {
  it('is never called misspelt: those of an installation have any form', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!keyPattern.test(text));
        expect(isMisspelt(text)).toBe(false);
      }),
    );
  });

  it('is cut at its last dot, or is none', () => {
    expect(splitKey('a.b.c')).toEqual({ prefix: 'a.b', secret: 'c' });
    for (const none of ['', '.', 'a', 'a.', '.b', `a.${'b'.repeat(300)}`])
      expect(splitKey(none)).toBeUndefined();
  });
});

describe('what is kept of a secret', () => {
  it('fits this secret and this pepper only', () => {
    const kept = hashSecret('secret', 'pepper');
    expect(isSameHash(kept, hashSecret('secret', 'pepper'))).toBe(true);
    expect(isSameHash(kept, hashSecret('secreT', 'pepper'))).toBe(false);
    expect(isSameHash(kept, hashSecret('secret', 'peppeR'))).toBe(false);
    expect(isSameHash(kept, kept.subarray(1))).toBe(false);
  });
});
