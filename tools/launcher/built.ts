import { createHash } from 'node:crypto';
import { glob, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, writeJson } from '../services/files.ts';
import { REPOSITORY } from './settings.ts';

/** What was built last: of which sources, and when each folder of results was made. */
interface Built {
  readonly sources: string;
  readonly results: Readonly<Record<string, number>>;
}

const fileOf = (root: string): string => join(root, 'node_modules', '.visapi-built');
const isTest = /\.(?:int-|e2e-)?spec\.ts$/;

/**
 * Whether the results of the last build are there and of these very sources. Nx itself would remove the results and copy
 * them back from its cache, under the feet of whatever process is just reading them.
 */
export async function isBuilt(root = REPOSITORY): Promise<boolean> {
  const built = await readJson<Built>(fileOf(root)).catch(() => undefined);
  if (!built) return false;
  const [sources, results] = await Promise.all([fingerprint(root), resultFolders(root)]);
  return built.sources === sources && JSON.stringify(built.results) === JSON.stringify(results);
}

/** To be called right before a build. @returns what to call after it, if it succeeded */
export async function noteBuild(root = REPOSITORY): Promise<() => Promise<void>> {
  const sources = await fingerprint(root);
  return async () =>
    await writeJson(fileOf(root), { sources, results: await resultFolders(root) } satisfies Built);
}

async function fingerprint(root: string): Promise<string> {
  const code = ['{apps,libs}/*/src/**/*', '{apps,libs}/*/package.json'];
  const patterns = [...code, '.swcrc', 'nx.json', 'tools/bundle.ts', 'pnpm-lock.yaml'];
  const paths = await listed(root, patterns);
  const hash = createHash('sha256');
  for (const path of paths.filter((one) => !isTest.test(one)).sort())
    hash.update(`${path}\0`).update(await readFile(join(root, path)).catch(folderIsNoFile));
  return hash.digest('hex');
}

async function resultFolders(root: string): Promise<Record<string, number>> {
  const folders = (await listed(root, ['{apps,libs}/*/{dist,bundle}'])).sort();
  const times = folders.map(async (folder): Promise<[string, number]> => [
    folder,
    (await stat(join(root, folder))).mtimeMs,
  ]);
  return Object.fromEntries(await Promise.all(times));
}

async function listed(root: string, patterns: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of glob(patterns, { cwd: root })) paths.push(path);
  return paths;
}

function folderIsNoFile(error: NodeJS.ErrnoException): string {
  if (error.code === 'EISDIR') return '';
  throw error;
}
