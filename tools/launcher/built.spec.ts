import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isBuilt, noteBuild } from './built.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'built-'));
  for (const folder of ['node_modules', 'libs/shelf/src', 'libs/shelf/dist'])
    await mkdir(join(root, folder), { recursive: true });
  await write('index.ts', 'export const shelf = 1;');
});
afterEach(() => rm(root, { recursive: true }));

const write = async (name: string, text: string) => await writeFile(join(root, 'libs/shelf/src', name), text);
const results = () => join(root, 'libs/shelf/dist');

describe('what has been built', () => {
  it('is not known before the first build, nor after one that failed', async () => {
    expect(await isBuilt(root)).toBe(false);
    await noteBuild(root);
    expect(await isBuilt(root)).toBe(false);
  });

  it('stands while sources and results stay; tests are no sources', async () => {
    await (
      await noteBuild(root)
    )();
    await write('index.spec.ts', 'more');
    expect(await isBuilt(root)).toBe(true);
  });

  it.each([
    ['a source is changed', () => write('index.ts', 'export const shelf = 2;')],
    ['a source is added', () => write('more.ts', '')],
    ['the results are made by somebody else', () => utimes(results(), new Date(), new Date(1))],
    ['the results are removed', () => rm(results(), { recursive: true })],
  ])('is out of date when %s', async (_, happens) => {
    await (
      await noteBuild(root)
    )();
    await happens();
    expect(await isBuilt(root)).toBe(false);
  });

  it('is out of date when a source was changed while it was built', async () => {
    const noteSuccess = await noteBuild(root);
    await write('index.ts', 'export const shelf = 2;');
    await noteSuccess();
    expect(await isBuilt(root)).toBe(false);
  });
});
