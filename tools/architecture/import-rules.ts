import { eachImport, faceOf, isEntry, packageName, roleOf, type Rule } from './naming.ts';
import { resolveRelative, type Source, type SourceTree, type WorkspacePackage } from './source-tree.ts';
import type { ImportLine } from './parse-source.ts';
import {
  EXCEPTIONS,
  EXTERNAL_BANS,
  MAY_IMPORT,
  MAY_NAME_TYPES_OF,
  MECHANISM_FLOOR,
  TAG_PAIRS,
  type Zone,
} from './walls.ts';

/** Every import between packages follows the table of `walls.ts`, by package and by face. */
export const packageWalls: Rule = (tree) =>
  eachImport(tree, (source, line) => {
    const target = findPackage(tree, line.specifier);
    if (!target || target === source.owner || source.isTest) return [];
    const reason = refusal(source.owner, target) ?? tableRefusal(source, target, line);
    return reason ? [`${source.path} imports ${line.specifier}, but ${reason}.`] : [];
  });

/** What a file imports, its own package declares. */
export const declaredDependencies: Rule = (tree) =>
  eachImport(tree, (source, line) => {
    const name = packageName(line.specifier);
    if (name === undefined || name === source.owner.name) return [];
    const { dependencies, devDependencies, folder } = source.owner;
    if (dependencies.includes(name)) return [];
    // Specs also use what the repository's root carries for all of them, such as jest.
    const rootServes = source.isTest && !name.startsWith('@visapi/');
    if (rootServes || ((source.isTest || line.typeOnly) && devDependencies.includes(name))) return [];
    return [`${source.path} imports ${name}, which ${folder}/package.json does not declare.`];
  });

/** No relative import leaves its package, and none climbs more than one folder. */
export const relativeImports: Rule = (tree) =>
  eachImport(tree, (source, line) => {
    if (!line.specifier.startsWith('.')) return [];
    if (line.specifier.startsWith('../../')) {
      return [`${source.path} climbs more than one folder to ${line.specifier}: move the file.`];
    }
    const inside = resolveRelative(source.path, line.specifier).startsWith(`${source.owner.folder}/`);
    return inside ? [] : [`${source.path} reaches into another package by ${line.specifier}: use its name.`];
  });

/** Core imports neither face, and the faces do not import each other. */
export const threeFaces: Rule = (tree) =>
  eachImport(tree, (source, line) => {
    if (!line.specifier.startsWith('.') || source.isTest) return [];
    const from = faceOf(source.path, source.owner);
    const to = faceOf(resolveRelative(source.path, line.specifier), source.owner);
    const allowed = to === 'core' || from === to;
    return allowed
      ? []
      : [`${source.path} is ${from} and imports ${line.specifier}, which is the ${to} face.`];
  });

export const externalBans: Rule = (tree) =>
  eachImport(tree, (source, line) => {
    const ban = EXTERNAL_BANS.find(({ packages }) => packages.test(line.specifier));
    if (!ban || source.isTest || ban.allowedScopes.includes(source.owner.scope)) return [];
    return ban.typesAreFree && line.typeOnly ? [] : [`${source.path} imports ${line.specifier}: ${ban.why}.`];
  });

/** The kernel and the nouns of a context stay plain: they run, and are tested, without a framework. */
export const plainNouns: Rule = (tree) =>
  eachImport(tree, (source, line) => {
    if (!line.specifier.startsWith('@nestjs/') || source.isTest) return [];
    const noun = source.owner.type === 'type:context' && !isEntry(source) && roleOf(source.path) === 'noun';
    const plain = noun || source.owner.type === 'type:kernel';
    return plain ? [`${source.path} imports ${line.specifier}: nouns and the kernel know no framework.`] : [];
  });

function findPackage(tree: SourceTree, specifier: string): WorkspacePackage | undefined {
  const name = packageName(specifier);
  return tree.packages.find((candidate) => candidate.name === name);
}

/** The outer wall: pairs of types, and the floors of the mechanisms. */
function refusal(owner: WorkspacePackage, target: WorkspacePackage): string | undefined {
  if (owner.type === 'type:testing') return undefined;
  if (target.type === 'type:testing') return 'only specs may use it';
  if (!TAG_PAIRS[owner.type]?.includes(target.type)) return `${owner.type} may not import ${target.type}`;
  if (owner.type !== 'type:mechanism' || target.type === 'type:kernel') return undefined;
  const [own, other] = [MECHANISM_FLOOR[owner.scope], MECHANISM_FLOOR[target.scope]];
  if (own === undefined || other === undefined) return 'a mechanism without a floor in walls.ts is involved';
  return other < own ? undefined : 'a mechanism imports only mechanisms below it';
}

/** The inner wall: which subpath each face may name. */
function tableRefusal(source: Source, target: WorkspacePackage, line: ImportLine): string | undefined {
  const zone = zoneOf(source);
  if (zone === undefined) return undefined;
  const exceptions = EXCEPTIONS.filter(({ folder }) => source.path.startsWith(folder)).flatMap(
    ({ may }) => may,
  );
  const types = line.typeOnly ? (MAY_NAME_TYPES_OF[zone] ?? []) : [];
  const allowed = [...MAY_IMPORT[zone], ...types, ...exceptions];
  const named = allowed.map((entry) => entry.replace('<own>', source.owner.scope));
  const subpath = line.specifier.slice(target.name.length);
  const context = target.type === 'type:context' && named.includes(`<context>${subpath}`);
  return context || named.includes(`${target.scope}${subpath}`) ? undefined : `${zone} may not`;
}

function zoneOf(source: Source): Zone | undefined {
  if (source.owner.type === 'type:app') return `app:${source.owner.scope}` as Zone;
  if (source.owner.type !== 'type:context') return undefined;
  return source.path.includes('/src/queries/')
    ? 'context:queries'
    : `context:${faceOf(source.path, source.owner)}`;
}
