import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { parseSource, type ParsedSource } from './parse-source.ts';

export interface WorkspacePackage {
  readonly name: string;
  /** Folder relative to the repository, `libs/backend-orders`. */
  readonly folder: string;
  readonly tags: readonly string[];
  readonly type: string;
  readonly scope: string;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  /** Source files that `exports` names, relative to the repository. */
  readonly entries: readonly string[];
}

export interface Source extends ParsedSource {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly owner: WorkspacePackage;
  readonly isTest: boolean;
}

export interface SourceTree {
  readonly packages: readonly WorkspacePackage[];
  readonly sources: readonly Source[];
}

/** What a generator writes follows its own rules; it imports nothing of ours. */
const SKIPPED = new Set(['node_modules', 'dist', 'bundle', 'coverage', 'generated']);

/** Reads apps/ and libs/ of a checkout: every package, every TypeScript file, its imports. */
export function readSourceTree(root: string): SourceTree {
  const packages = ['apps', 'libs'].flatMap((area) =>
    packageFolders(root, area).map((folder) => readPackage(root, folder)),
  );
  const sources = packages.flatMap((owner) =>
    listFiles(join(root, owner.folder), '.ts').map((file) =>
      toSource(relative(root, file).split(sep).join('/'), owner, readFileSync(file, 'utf8')),
    ),
  );
  return { packages, sources };
}

export function toSource(path: string, owner: WorkspacePackage, text: string): Source {
  const isTest = /\.(spec|int-spec|e2e-spec)\.ts$/.test(path) || path.startsWith(`${owner.folder}/test/`);
  return { path, owner, isTest, ...parseSource(path, text) };
}

export function toPackage(folder: string, manifest: Manifest): WorkspacePackage {
  const tags = manifest.nx?.tags ?? [];
  const entries = Object.values(manifest.exports ?? {}).map((entry) => entry['@visapi/source'] ?? '');
  return {
    name: manifest.name,
    folder,
    tags,
    type: tags.find((tag) => tag.startsWith('type:')) ?? 'type:none',
    scope: tags.find((tag) => tag.startsWith('scope:'))?.slice('scope:'.length) ?? 'none',
    dependencies: Object.keys(manifest.dependencies ?? {}),
    devDependencies: Object.keys(manifest.devDependencies ?? {}),
    entries: entries.filter((entry) => entry !== '').map((entry) => posix.join(folder, entry)),
  };
}

/** The file a relative import of `from` names, as a path of the tree (`./x.js` is `x.ts`). */
export function resolveRelative(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');
}

function listFiles(folder: string, extension: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !SKIPPED.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return listFiles(path, extension);
      return entry.name.endsWith(extension) ? [path] : [];
    });
}

interface Manifest {
  readonly name: string;
  readonly exports?: Record<string, Record<string, string>>;
  readonly nx?: { tags?: string[] };
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

function packageFolders(root: string, area: string): string[] {
  return listFiles(join(root, area), 'package.json').map((file) =>
    relative(root, dirname(file)).split(sep).join('/'),
  );
}

function readPackage(root: string, folder: string): WorkspacePackage {
  return toPackage(folder, JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest);
}
