import { resendRefusals } from './resend-examples.ts';
import { toPackage, toSource, type SourceTree, type WorkspacePackage } from './source-tree.ts';

/** Small source trees in memory: the spec shows that each rule refuses what it is there to refuse. */
export interface RefusedExample {
  readonly rule: string;
  readonly what: string;
  readonly tree: SourceTree;
  /** Part of the sentence the rule must answer. */
  readonly says: string;
}

const workspace = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [`@visapi/backend-${name}`, 'workspace:*']));

const library = (scope: string, type: string, dependencies: Record<string, string>): WorkspacePackage =>
  toPackage(`libs/backend-${scope}`, {
    name: `@visapi/backend-${scope}`,
    exports: {
      '.': { '@visapi/source': './src/index.ts' },
      './http': { '@visapi/source': './src/http.ts' },
      './jobs': { '@visapi/source': './src/jobs.ts' },
    },
    nx: { tags: [`type:${type}`, `scope:${scope}`] },
    dependencies,
  });

const orders = library('orders', 'context', {
  ...workspace(['kernel', 'repositories', 'queue', 'providers', 'http', 'contacts', 'testing']),
  '@nestjs/common': '1.0.0',
  '@nestjs/cqrs': '1.0.0',
  bullmq: '1.0.0',
});
const packages: readonly WorkspacePackage[] = [
  orders,
  library('contacts', 'context', {}),
  library('http', 'mechanism', {}),
  library('queue', 'mechanism', {}),
  library('providers', 'mechanism', {}),
  library('repositories', 'mechanism', {}),
  library('testing', 'testing', {}),
  library('kernel', 'kernel', {}),
];

const at = (path: string): string => `libs/backend-orders/src/${path}`;

function treeOf(files: Readonly<Record<string, string>>, known = packages): SourceTree {
  const owner = (path: string): WorkspacePackage =>
    known.find(({ folder }) => path.startsWith(`${folder}/`)) ?? orders;
  const sources = Object.entries(files).map(([path, text]) => toSource(path, owner(path), text));
  return { packages: known, sources };
}

export function tidyExample(): SourceTree {
  return treeOf({
    [at('index.ts')]: `export { Order } from './order.js';`,
    [at('order.ts')]: `import { newId } from '@visapi/backend-kernel';`,
    [at('jobs/create-order.job.ts')]: `import { defineJob } from '@visapi/backend-queue';`,
    [at('jobs/create-order.processor.ts')]:
      `import { CreateOrder } from '../commands/create-order.command.js';`,
    [at('commands/create-order.command.ts')]: `
      import { Orders } from '@visapi/backend-repositories/orders';
      import { createOrder } from '../jobs/create-order.job.js';
      await database.transaction(run);`,
    [at('http/orders.controller.ts')]: `import { CommandBus } from '@nestjs/cqrs';`,
    [at('commands/create-order.int-spec.ts')]: `import { cloneDatabase } from '@visapi/backend-testing';`,
  });
}

export type Refusal = readonly [rule: string, what: string, file: string, text: string, says: string];

const command = 'commands/create-order.command.ts';
const controller = 'http/orders.controller.ts';
const processor = 'jobs/create-order.processor.ts';

const refusals: readonly Refusal[] = [
  [
    'packageWalls',
    'a vendor in core',
    command,
    `import '@visapi/backend-providers';`,
    'context:core may not',
  ],
  ['packageWalls', 'a foreign table', command, `import '@visapi/backend-repositories/access';`, 'may not'],
  ['packageWalls', 'a foreign face', command, `import '@visapi/backend-contacts/http';`, 'may not'],
  [
    'packageWalls',
    'rows on the web',
    controller,
    `import '@visapi/backend-repositories';`,
    'context:http may not',
  ],
  ['packageWalls', 'a test tool at work', 'order.ts', `import '@visapi/backend-testing';`, 'only specs'],
  [
    'packageWalls',
    'a context below',
    '/http/src/a.ts',
    `import '@visapi/backend-orders';`,
    'type:mechanism may not',
  ],
  ['packageWalls', 'a floor above', '/repositories/src/a.ts', `import '@visapi/backend-queue';`, 'below it'],
  [
    'declaredDependencies',
    'an undeclared package',
    'order.ts',
    `export { z } from 'zod';`,
    'does not declare',
  ],
  ['declaredDependencies', 'one loaded late', 'order.ts', `await import('zod');`, 'does not declare'],
  ['relativeImports', 'a path out of the package', 'order.ts', `import '../../kernel/ids.js';`, 'climbs'],
  ['relativeImports', 'a step over the edge', '/kernel/index.ts', `import '../a.js';`, 'another package'],
  ['threeFaces', 'core using the web', command, `import { a } from '../http/a.schemas.js';`, 'the http face'],
  ['threeFaces', 'the web using a job', controller, `import '../jobs/a-b.processor.js';`, 'the jobs face'],
  ['externalBans', 'a queue of its own', processor, `import { Queue } from 'bullmq';`, 'backend-queue only'],
  ['plainNouns', 'a framework', 'order.ts', `import { Injectable } from '@nestjs/common';`, 'no framework'],
  ['commandsStandAlone', 'a bus', command, `import { CommandBus } from '@nestjs/cqrs';`, 'injects a bus'],
  ['transactionsInCommands', 'one in a processor', processor, `db.transaction(run);`, 'outside commands/'],
  ['sqlInRepositories', 'SQL in a command', command, 'sql<Row>`select 1`;', 'outside backend-repositories'],
  ['roles', 'a role in a foreign folder', 'commands/orders.controller.ts', '', 'is a controller'],
  ['roles', 'a role nobody knows', 'order.helper.ts', '', 'is a helper'],
  ['roles', 'a command without a verb', 'commands/order.command.ts', '', 'a verb and a noun'],
  ['oneBarrel', 'a barrel in a folder', 'catalogue/index.ts', '', 'second barrel'],
  ['oneBarrel', 'one under another name', 'catalogue/all.ts', `export * from './a.js';`, 'second barrel'],
];

export function refusedExamples(): RefusedExample[] {
  const small = [...refusals, ...resendRefusals].map(([rule, what, file, text, says]) => {
    const path = file.startsWith('/') ? `libs/backend-${file.slice(1)}` : at(file);
    return { rule, what, says, tree: treeOf({ [path]: text }) };
  });
  return [...small, ...refusedGraphs()];
}

function refusedGraphs(): RefusedExample[] {
  const circle = { [at('a.ts')]: `import { b } from './b.js';`, [at('b.ts')]: `import { a } from './a.js';` };
  const hidden = {
    [at('commands/create-order.command.ts')]: `import { ask } from '../asking.js';`,
    [at('asking.ts')]: `import { Cbb } from '@visapi/backend-providers';`,
  };
  const tied = [library('a', 'mechanism', workspace(['b'])), library('b', 'mechanism', workspace(['a']))];
  const untagged = [
    toPackage('libs/backend-a', { name: '@visapi/backend-a', nx: { tags: ['type:context'] } }),
  ];
  const misnamed = [{ ...orders, folder: 'libs/backend-sales' }];
  return [
    { rule: 'noFileCycles', what: 'two files in a circle', tree: treeOf(circle), says: 'circle' },
    { rule: 'commandsCallNobody', what: 'a vendor behind a helper', tree: treeOf(hidden), says: 'asking.ts' },
    { rule: 'noPackageCycles', what: 'two packages in a circle', tree: treeOf({}, tied), says: 'circle' },
    { rule: 'tags', what: 'a package without a scope', tree: treeOf({}, untagged), says: 'one scope: tag' },
    { rule: 'tags', what: 'a folder of another name', tree: treeOf({}, misnamed), says: 'must be one name' },
  ];
}
