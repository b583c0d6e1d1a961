import { describe, expect, it } from '@jest/globals';
import { KnownPrefixes } from './known-prefixes.js';

function counting(existing: readonly string[]) {
  const asked: (readonly string[])[] = [];
  const prefixes = new KnownPrefixes((wanted) => {
    asked.push(wanted);
    return Promise.resolve(wanted.filter((each) => existing.includes(each)));
  });
  return { asked, prefixes };
}

describe('prefixes of keys', () => {
  it('are looked up as they come until the table was read once: a process may begin without its database', () => {
    const { prefixes } = counting([]);
    expect(prefixes.isCertain('any')).toBe(true);
    prefixes.tell(['shop']);
    expect([prefixes.isCertain('shop'), prefixes.isCertain('any')]).toEqual([true, false]);
  });

  it('that are invented cost a few statements together, whatever their number', async () => {
    const { asked, prefixes } = counting([]);
    prefixes.tell([]);
    const begun = performance.now();
    const found = await Promise.all(Array.from({ length: 2_000 }, (_, n) => prefixes.find(`invented${n}`)));
    expect(new Set(found)).toEqual(new Set([false]));
    expect(asked.length).toBe(4);
    // The first is asked at once, each next one 20 ms later: no more than 50 a second, however fast they are answered.
    expect(performance.now() - begun).toBeGreaterThan(3 * 19);
  });

  it('of a key that was made a moment ago are found among them, and known from then on', async () => {
    const { prefixes } = counting(['new']);
    prefixes.tell([]);
    const answers = await Promise.all(['a', 'new', 'b', 'new'].map((prefix) => prefixes.find(prefix)));
    expect(answers).toEqual([false, true, false, true]);
    expect([prefixes.isCertain('new'), prefixes.isCertain('a')]).toEqual([true, false]);
  });

  it('are refused as unavailable when thousands wait, instead of filling the memory', async () => {
    const { prefixes } = counting([]);
    prefixes.tell([]);
    const answers = await Promise.allSettled(
      Array.from({ length: 5_100 }, (_, n) => prefixes.find(`invented${n}`)),
    );
    const refused = answers.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(100);
    expect(refused[0]).toMatchObject({ reason: { category: 'unavailable' } });
  });

  it('that could not be looked up are not unknown: the error is passed on', async () => {
    const prefixes = new KnownPrefixes(() => Promise.reject(new Error('away')));
    prefixes.tell([]);
    await expect(prefixes.find('any')).rejects.toThrow('away');
  });
});
