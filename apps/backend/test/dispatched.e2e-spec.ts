import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { createTestDatabase, takeTestRedis, type TestDatabase } from '@visapi/backend-testing';

const root = join(import.meta.dirname, '..', '..', '..');

const sources = (pattern: string): string[] =>
  globSync(pattern, { cwd: root })
    .filter((path) => !path.endsWith('spec.ts'))
    .map((path) => readFileSync(join(root, path), 'utf8'));

/** The classes that are made to be dispatched. */
const dispatchable = new Set(
  sources('libs/*/src/**/*.{command,query}.ts').flatMap((text) =>
    [...text.matchAll(/class (\w+) extends (?:Command|Query)</g)].map(([, name]) => name),
  ),
);

/** Those of them that a process makes, by the files that only it runs. */
function dispatchedBy(...patterns: readonly string[]): string[] {
  const made = patterns
    .flatMap(sources)
    .flatMap((text) => [...text.matchAll(/new (\w+)\(/g)].map(([, name]) => name!));
  return [...new Set(made)].filter((name) => dispatchable.has(name)).sort();
}

let test: TestDatabase;
let redis: Awaited<ReturnType<typeof takeTestRedis>>;
beforeAll(async () => {
  test = await createTestDatabase();
  redis = await takeTestRedis();
});
afterAll(async () => {
  await test.drop();
  await redis.close();
});

/** What every process exports. */
interface Entry {
  createApp(environment: object): Promise<{ readonly app: INestApplicationContext; close(): Promise<void> }>;
}

/** How many handlers of each command or query a process has, by the class it is named after. */
function handlersOf(app: INestApplicationContext): Map<string, number> {
  const names = [...app.get(ModulesContainer).values()]
    .flatMap((module) => [...module.providers.values()])
    .map(({ name }) => String(name))
    .filter((name) => name.endsWith('Handler'))
    .map((name) => name.slice(0, -'Handler'.length));
  return new Map([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
}

describe('everything that is dispatched has exactly one handler', () => {
  const environment = () => ({
    DATABASE_URL: test.url,
    REDIS_URL: redis.url,
    LOG_LEVEL: 'silent',
    NODE_ENV: 'test',
  });

  it.each([
    ['backend', ['libs/*/src/http/**/*.ts', 'apps/backend/src/*.ts']],
    ['worker', ['libs/*/src/jobs/**/*.ts', 'libs/backend-events/src/*.ts', 'apps/worker/src/*.ts']],
  ] as const)('in the %s', async (name, patterns) => {
    const dispatched = dispatchedBy(...patterns);
    expect(dispatched.length).toBeGreaterThan(8);
    const { createApp } = (await import(join(root, 'apps', name, 'src', 'app.ts'))) as Entry;
    const { app, close } = await createApp(environment());
    try {
      const handlers = handlersOf(app);
      expect(dispatched.map((name) => [name, handlers.get(name)])).toEqual(
        dispatched.map((name) => [name, 1]),
      );
    } finally {
      await close();
    }
  });
});
