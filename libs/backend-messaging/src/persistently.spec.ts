import { describe, expect, it } from '@jest/globals';
import { persistently } from './persistently.js';

const coded = (code: string) => Object.assign(new Error('invented'), { code });

/** Fails with these codes, one after the other, then succeeds. */
function failing(...codes: string[]) {
  let tries = 0;
  const record = async () => {
    tries += 1;
    const code = codes.shift();
    if (code !== undefined) throw coded(code);
    return await Promise.resolve(`written in try ${tries}`);
  };
  return { record, tries: () => tries };
}

describe('what the outside has done', () => {
  it.each([['57P01'], ['ECONNREFUSED'], ['40P01']])(
    'is written down although the database said %s at first',
    async (code) => {
      const { record } = failing(code, code);
      await expect(persistently(record)).resolves.toBe('written in try 3');
    },
  );

  it('is not written again when the database refuses it for good', async () => {
    const { record, tries } = failing('23505');
    await expect(persistently(record)).rejects.toMatchObject({ code: '23505' });
    expect(tries()).toBe(1);
  });
});
