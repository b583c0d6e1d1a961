import { posix } from 'node:path';
import type { ImportLine } from './parse-source.ts';
import type { Source, SourceTree, WorkspacePackage } from './source-tree.ts';

/** A rule returns one sentence per violation. */
export type Rule = (tree: SourceTree) => string[];

export type Face = 'core' | 'http' | 'jobs';

/** Which of a package's three faces a file belongs to; job definitions are core, because the backend enqueues by them. */
export function faceOf(path: string, owner: WorkspacePackage): Face {
  if (isOfFace('http', path, owner)) return 'http';
  return isOfFace('jobs', path, owner) && roleOf(path) !== 'job' ? 'jobs' : 'core';
}

/** A package has a face when its exports name one: `./http` is `src/http.ts`, or something in `src/http/`. */
function isOfFace(face: 'http' | 'jobs', path: string, owner: WorkspacePackage): boolean {
  const start = `${owner.folder}/src/${face}`;
  const inside = (candidate: string): boolean =>
    candidate === `${start}.ts` || candidate.startsWith(`${start}/`);
  return inside(path) && owner.entries.some(inside);
}

/** `receive-order.command.ts` is a command; a name without a role is a noun. */
export function roleOf(path: string): string {
  return posix.basename(path, '.ts').split('.').slice(1).join('.') || 'noun';
}

export function isEntry(source: Source): boolean {
  return source.owner.entries.includes(source.path);
}

export function isCommand(source: Source): boolean {
  return source.path.includes('/src/commands/') && !source.isTest;
}

export function eachImport(
  tree: SourceTree,
  check: (source: Source, line: ImportLine) => string[],
): string[] {
  return tree.sources.flatMap((source) => source.imports.flatMap((line) => check(source, line)));
}

/** `@nestjs/common` of `@nestjs/common/decorators`; nothing for relative paths and Node's own modules. */
export function packageName(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
