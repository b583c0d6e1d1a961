import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { gapsOf } from './completeness.js';

const described = readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8');
const { exports: doors } = JSON.parse(described) as { exports: Record<string, { '@visapi/source': string }> };

/** These hold no repositories: what wires the rest, the migration runner, this catalogue. */
const others = ['.', './migrate', './catalogue'];

describe('the catalogue of queries', () => {
  it('names everything that this package lets others send to the database', async () => {
    const folders = Object.entries(doors).filter(([door]) => !others.includes(door));
    const modules = await Promise.all(
      folders.map(async ([door, { '@visapi/source': source }]) => {
        const module = (await import(`../../${source.slice(2)}`)) as object;
        return [door.slice(2), module] as const;
      }),
    );
    expect(await gapsOf(Object.fromEntries(modules))).toEqual([]);
  });

  it('notices a method that nobody named, and one that is named for another', async () => {
    class ForgottenRepository {
      find(): void {
        throw new Error('never called');
      }
    }
    expect(await gapsOf({ orders: { ForgottenRepository } })).toEqual(
      expect.arrayContaining([
        expect.stringContaining('ForgottenRepository.find of orders is not in the catalogue'),
      ]),
    );
  });
});
