import { posix } from 'node:path';
import { findCycles } from './cycles.ts';
import { eachImport, isCommand, isEntry, roleOf, type Rule } from './naming.ts';
import { resolveRelative, type Source } from './source-tree.ts';
import { ROLES_BY_FOLDER, TAG_PAIRS, TRANSACTION_HOMES, VERB_NOUN_ROLES } from './walls.ts';

/** Exactly one known type and one scope per package: without tags there is no wall. */
export const tags: Rule = (tree) =>
  tree.packages.flatMap((owner) => {
    if (owner.tags.length !== 2 || !(owner.type in TAG_PAIRS) || owner.scope === 'none') {
      return [`${owner.name} needs one known type: tag and one scope: tag; it has ${owner.tags.join(', ')}.`];
    }
    const folder = posix.basename(owner.folder);
    const agrees = owner.name === `@visapi/${folder}` && folder.replace(/^backend-/, '') === owner.scope;
    return agrees ? [] : [`${owner.folder}, ${owner.name} and scope:${owner.scope} must be one name.`];
  });

/** Nothing reachable from `commands/` calls a vendor, so no remote call can sit inside a transaction. */
export const commandsCallNobody: Rule = (tree) => {
  const byPath = new Map(tree.sources.map((source) => [source.path, source]));
  return tree.sources.filter(isCommand).flatMap((command) => {
    const vendor = reachable(command, byPath).find((source) =>
      source.imports.some(
        (line) => !line.typeOnly && /^(@visapi\/backend-providers|undici)(\/|$)/.test(line.specifier),
      ),
    );
    return vendor
      ? [`${command.path} reaches a vendor client in ${vendor.path}: a command calls nobody.`]
      : [];
  });
};

/** A command that executes another hides a second transaction: share a function, or write an outbox row. */
export const commandsStandAlone: Rule = (tree) =>
  eachImport(tree, (source, line) =>
    isCommand(source) && line.names.some((name) => /^(Command|Query)Bus$/.test(name))
      ? [`${source.path} injects a bus: a command never executes another command.`]
      : [],
  );

export const transactionsInCommands: Rule = (tree) =>
  tree.sources
    .filter((source) => source.opensTransaction && !source.isTest && !isCommand(source))
    .filter((source) => source.owner.type !== 'type:testing')
    .filter((source) => !Object.keys(TRANSACTION_HOMES).some((home) => source.path.startsWith(home)))
    .map((source) => `${source.path} opens a transaction outside commands/.`);

export const sqlInRepositories: Rule = (tree) =>
  tree.sources
    .filter((source) => source.writesSql && !source.isTest)
    .filter((source) => !['repositories', 'testing'].includes(source.owner.scope))
    .map((source) => `${source.path} writes SQL outside backend-repositories.`);

/** A file of a context says its role in its name and lives in the folder of that role. */
export const roles: Rule = (tree) =>
  tree.sources
    .filter((source) => source.owner.type === 'type:context' && !source.isTest && !isEntry(source))
    .flatMap((source) => {
      const [folder = '', file] = source.path.slice(`${source.owner.folder}/src/`.length).split('/');
      const allowed = ROLES_BY_FOLDER[file === undefined ? '' : folder] ?? ['noun'];
      const role = roleOf(source.path);
      if (!allowed.includes(role))
        return [`${source.path} is a ${role}; its folder holds ${allowed.join(', ')}.`];
      const verbNoun = /^[a-z0-9]+(-[a-z0-9]+)+\./.test(posix.basename(source.path));
      return verbNoun || !VERB_NOUN_ROLES.includes(role)
        ? []
        : [`${source.path} needs a verb and a noun in its name, as receive-order.${role}.ts has.`];
    });

/** `index.ts` stands at a library's root or is an entry its exports name; nothing else merely forwards. */
export const oneBarrel: Rule = (tree) =>
  tree.sources
    .filter((source) => source.path.endsWith('/index.ts') || source.onlyForwards)
    .filter((source) => !isEntry(source))
    .map((source) => `${source.path} is a second barrel: import the file itself.`);

export const noPackageCycles: Rule = (tree) =>
  findCycles(new Map(tree.packages.map((owner) => [owner.name, owner.dependencies]))).map(
    (cycle) => `Packages depend on each other in a circle: ${cycle.join(' -> ')}.`,
  );

export const noFileCycles: Rule = (tree) =>
  findCycles(new Map(tree.sources.map((source) => [source.path, relativeTargets(source)]))).map(
    (cycle) => `Files import each other in a circle: ${cycle.join(' -> ')}.`,
  );

function relativeTargets(source: Source): string[] {
  return source.imports
    .filter((line) => line.specifier.startsWith('.') && !line.typeOnly)
    .map((line) => resolveRelative(source.path, line.specifier));
}

function reachable(start: Source, byPath: ReadonlyMap<string, Source>): Source[] {
  const seen = new Set([start]);
  for (const source of seen) {
    for (const path of relativeTargets(source)) {
      const next = byPath.get(path);
      if (next) seen.add(next);
    }
  }
  return [...seen];
}
